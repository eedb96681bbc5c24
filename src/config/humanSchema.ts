import { z } from 'zod';
import type { HumanModel } from '../../sim/agents/sessionWorkload.js';
import type { Law } from '../../sim/laws/law.js';
import { checked } from './checkedSchema.js';
import { fields } from './fields.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { law } from './lawSchema.js';
import { defaultThinkingMs } from './leafSteps.js';
import { durationMs, positiveDurationMs, tokensPerSec } from './quantity.js';

const durationLaw = law(durationMs);

/** Time from a yield until somebody who had left notices it: model.md section 6, an assumption. */
const noticeMs: Law = { kind: 'lognormal', median: 60_000, sigma: 1.9, atMost: 1_800_000 };

/** Gaps between a yield and the next submit as observed: most short, some over lunch or a night. */
const observedGapMs: Law = {
  kind: 'mixture',
  parts: [
    { weight: 95, law: { kind: 'lognormal', median: 74_000, sigma: 1.65 } },
    { weight: 5, law: { kind: 'lognormal', median: 18_000_000, sigma: 1.2 } },
  ],
};

const resumption = fields({
  base: durationMs.default(5_000).describe('Least time to find the thread again (default 5s).'),
  scale: durationMs
    .default(20_000)
    .describe('Added for each e-fold of the time away (default 20s).'),
  awayScale: positiveDurationMs
    .default(15_000)
    .describe('Time away that counts as 1 (default 15s).'),
  max: durationMs.default(180_000).describe('At most (default 3min).'),
});

const attentionKeys = fields({
  holds: durationMs.default(10_000).describe('Nobody leaves a wait before this (default 10s).'),
  leavesAfter: positiveDurationMs
    .default(30_000)
    .describe('Mean time after that until the human leaves (default 30s).'),
  notice: durationLaw
    .default(noticeMs)
    .describe(
      'From the yield until somebody who left sees it (default { median: 60s, sigma: 1.9, max: 30min }).',
    ),
  resumption: resumption
    .optional()
    .describe('Then: base + scale · ln(1 + away / awayScale), at most max.'),
});

type Attention = z.infer<typeof attentionKeys> | 'off';

const attention = inputSchema<Attention>(
  {
    name: 'attention',
    about: 'off, or how attention is lost',
    anyOf: () => [z.literal('off'), attentionKeys],
  },
  (input, report) => {
    if (input === 'off') return input;
    if (isMapping(input)) return readPart(attentionKeys, input, [], report);
    const message = `expected off or a mapping, found ${describeFound(input)}`;
    return report({ code: 'E_VALUE', message });
  },
);

const keys = fields({
  reading: tokensPerSec.default(5.3).describe('Speed of reading (default 5.3 tokens/s).'),
  thinking: durationLaw
    .default(defaultThinkingMs)
    .describe('Engaged after an answer, reading apart (default { median: 40s, sigma: 0.9 }).'),
  attention: attention.optional().describe('How long waits lose the human; off: gaps instead.'),
  gaps: durationLaw
    .optional()
    .describe('With attention off: observed time from an answer to the next task, all included.'),
  flowClasses: durationMs
    .array()
    .length(3)
    .default([1_000, 10_000, 60_000])
    .describe('Longest waits that are immediate, in flow, strained (default [1s, 10s, 60s]).'),
  offTask: positiveDurationMs
    .default(1_800_000)
    .describe('A longer gap is no attended time (default 30min).'),
});

/** `human:` of a workload: how the one who waits reads, thinks and loses the thread. */
export const humanSchema = checked('a human', keys, ({ attention, gaps, flowClasses }, report) => {
  if (gaps !== undefined && attention !== 'off')
    report({
      code: 'E_KEY',
      message: 'observed gaps hold what the model of attention computes',
      path: ['gaps'],
      atKey: true,
      hint: 'Add attention: off',
    });
  if (flowClasses.some((limit, index) => index > 0 && limit <= flowClasses[index - 1]!))
    report({ code: 'E_RANGE', message: 'flow classes must ascend', path: ['flowClasses'] });
});

/** The human of a workload, defaults filled in. */
export function humanModel(written: z.output<typeof humanSchema> = keys.parse({})): HumanModel {
  const { reading, thinking, attention = attentionKeys.parse({}), gaps } = written;
  const [immediate, inFlow, strained] = written.flowClasses as [number, number, number];
  const common = {
    readingTokensPerMs: reading / 1000,
    thinkingMs: thinking,
    flowClassesMs: [immediate, inFlow, strained] as const,
    offTaskMs: written.offTask,
  };
  if (attention === 'off')
    return { ...common, attention: undefined, observedGapMs: gaps ?? observedGapMs };
  const { base, scale, awayScale, max } = attention.resumption ?? resumption.parse({});
  return {
    ...common,
    attention: {
      holdsMs: attention.holds,
      leavesAfterMs: attention.leavesAfter,
      noticeMs: attention.notice,
      resumption: { baseMs: base, scaleMs: scale, awayScaleMs: awayScale, maxMs: max },
    },
    observedGapMs: undefined,
  };
}
