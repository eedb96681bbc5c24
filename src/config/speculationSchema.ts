import type { Speculation } from '../../sim/run/scenario.js';
import { fields } from './fields.js';
import { inputSchema, type Report, readPart } from './inputSchema.js';
import { countUpTo } from './numberSchema.js';
import { durationMs, ratio } from './quantity.js';

const maxDrafts = 32;

const keys = fields({
  draftTokens: countUpTo(maxDrafts, 'a number of drafted tokens').describe(
    'Tokens drafted for every decode row in every iteration.',
  ),
  acceptance: ratio
    .optional()
    .describe(
      'Probability that a draft is accepted when all before it were. This or acceptanceByPosition.',
    ),
  acceptanceByPosition: ratio
    .array()
    .min(1)
    .max(maxDrafts)
    .optional()
    .describe(
      'Share of the iterations in which the first draft, the second … is accepted, as vLLM reports it; never rising, one per draft.',
    ),
  draftTime: durationMs
    .default(0)
    .describe('Time per drafted token, added to an iteration with decode rows (default none).'),
  draftShare: ratio
    .default(0)
    .describe('The same as a share of the time on the accelerators (default 0%).'),
});

/** Speculative decoding: `speculation:` of an engine. */
export const speculationSchema = inputSchema<Speculation>(
  { name: 'speculation', about: 'keys of speculative decoding', anyOf: () => [keys] },
  (input, report) => {
    const written = readPart(keys, input, [], report);
    if (written === undefined) return undefined;
    const { draftTokens, acceptance, acceptanceByPosition: byPosition } = written;
    const { draftTime: draftMs, draftShare } = written;
    const cost = { draftTokens, draftMs, draftShare };
    if (byPosition !== undefined) {
      if (acceptance === undefined)
        return (
          checkShares(byPosition, draftTokens, report) && { ...cost, acceptedShares: byPosition }
        );
      return report({
        code: 'E_KEY',
        message: 'acceptance is given for all drafts or by position, not both',
        path: ['acceptance'],
        atKey: true,
      });
    }
    if (acceptance === undefined)
      return report({
        code: 'E_REQUIRED',
        message: 'missing "acceptance" (or "acceptanceByPosition")',
      });
    return { ...cost, acceptedShares: sharesOf(acceptance, draftTokens) };
  },
);

/** Probability that at least one, two … drafts are accepted. */
function sharesOf(acceptance: number, draftTokens: number): number[] {
  const shares: number[] = [];
  let share = 1;
  for (let draft = 0; draft < draftTokens; draft++) {
    share *= acceptance;
    shares.push(share);
  }
  return shares;
}

function checkShares(
  shares: readonly number[],
  draftTokens: number,
  report: Report,
): true | undefined {
  const path = ['acceptanceByPosition'];
  if (shares.length !== draftTokens)
    return report({
      code: 'E_RANGE',
      message: `expected ${draftTokens} shares, one per drafted token, found ${shares.length}`,
      path,
    });
  const rising = shares.findIndex((share, index) => index > 0 && share > shares[index - 1]!);
  if (rising < 0) return true;
  return report({
    code: 'E_RANGE',
    message: 'a draft is accepted only after those before it: the shares cannot rise',
    path: [...path, rising],
  });
}
