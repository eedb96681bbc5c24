import type { z } from 'zod';
import type { AdmissionSpec } from '../../sim/run/scenario.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { numberSchema } from './numberSchema.js';
import { positiveDurationMs, ratePerMs, ratio, tokens, tokensPerSec } from './quantity.js';

const requestRate = fields({
  requests: ratePerMs.describe('Requests per time that the bucket fills by.'),
  burst: numberSchema({ name: 'a count', min: 1, max: 1e9, whole: true }).describe(
    'Requests that a full bucket lets in at once.',
  ),
});
const tokenRate = fields({
  tokens: tokensPerSec.describe('Prompt tokens per time that the bucket fills by.'),
  burst: tokens.describe('Prompt tokens that a full bucket lets in at once.'),
});

/** `{ requests: 10/s, burst: 20 }` or `{ tokens: 50k tokens/s, burst: 200k }`. */
const rate = inputSchema<NonNullable<AdmissionSpec['rate']>>(
  { name: 'admissionRate', about: 'a token bucket', anyOf: () => [requestRate, tokenRate] },
  (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected { requests: 10/s, burst: 20 } or { tokens: 50k tokens/s, burst: 200k }, found ${describeFound(input)}`,
      });
    if (Object.hasOwn(input, 'tokens')) {
      const read = readPart(tokenRate, input, [], report);
      if (read === undefined) return undefined;
      if (read.burst < 1)
        return report({ code: 'E_RANGE', message: 'a burst of 0 lets nobody in', path: ['burst'] });
      return { counts: 'tokens', perMs: read.tokens / 1000, burst: read.burst };
    }
    const read = readPart(requestRate, input, [], report);
    return read && { counts: 'requests', perMs: read.requests, burst: read.burst };
  },
);

const count = numberSchema({ name: 'a count', min: 1, max: 1e9, whole: true });
const attempts = inputSchema<number>(
  {
    name: 'attempts',
    about: 'a count, or unlimited',
    json: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'unlimited' }] },
  },
  (input, report) =>
    input === 'unlimited' ? Number.POSITIVE_INFINITY : readPart(count, input, [], report),
);

const retryKeys = fields({
  retryAfter: positiveDurationMs.describe('The client waits so long and sends the request again.'),
  jitter: ratio.default(0).describe('It waits up to this share longer, at random (default 0%).'),
  attempts: attempts
    .default(5)
    .describe('Times that it sends the request at most, the first included (default 5).'),
});

type Written = z.infer<typeof retryKeys> | 'reject';

const reject = choice('what happens to who is refused', ['reject']);
const onReject = inputSchema<Written>(
  {
    name: 'onReject',
    about: 'reject, or { retryAfter: 1s }',
    anyOf: () => [reject, retryKeys],
  },
  (input, report) => {
    if (isMapping(input)) return readPart(retryKeys, input, [], report);
    if (input === 'reject') return input;
    const message = `expected reject or { retryAfter: 1s }, found ${describeFound(input)}`;
    return report({ code: 'E_VALUE', message });
  },
);

const stationKeys = {
  rate: rate
    .optional()
    .describe('A token bucket: { requests: 10/s, burst: 20 }, or of prompt tokens.'),
  onReject: onReject
    .optional()
    .describe('Who is turned away gives up (reject, the default), or comes again.'),
};
const engineKeys = {
  ...stationKeys,
  maxQueueTokens: tokens
    .optional()
    .describe('Prompt tokens per replica that wait for a slot, from which the pool rejects.'),
};

/** `admission:` of a station. */
export const stationAdmission = fields(stationKeys);

/** `admission:` of an engine pool. */
export const engineAdmission = fields(engineKeys);

/** What was written, for the simulator; nothing when nothing was. */
export function admissionSpec(written: z.infer<typeof engineAdmission> | undefined): {
  readonly admission?: AdmissionSpec;
} {
  if (written === undefined) return {};
  const { rate: bucket, maxQueueTokens, onReject: told = 'reject' } = written;
  return {
    admission: {
      ...(bucket === undefined ? {} : { rate: bucket }),
      ...(maxQueueTokens === undefined ? {} : { maxQueueTokens }),
      ...(told === 'reject'
        ? {}
        : { retry: { afterMs: told.retryAfter, jitter: told.jitter, attempts: told.attempts } }),
    },
  };
}
