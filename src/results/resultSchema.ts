import { z } from 'zod';
import { metricDefinitions } from '../../sim/metrics/metricDefinitions.js';

const text = z.string();
const number = z.number();
const optionalNumber = z.number().nullable().describe('null: there is none.');
const optionalText = z.string().nullable();

const metricValue = z.strictObject({
  metric: z.enum(metricDefinitions.map(({ id }) => id)),
  subject: optionalText.describe('Population, pool or gateway; null: the whole run.'),
  quantile: optionalNumber.describe('0–1; null: a mean, ratio, rate or count.'),
  unit: text,
  value: optionalNumber.describe('Mean over replications.'),
  halfWidth: optionalNumber.describe('Of the 95% t-interval over replications.'),
  low: optionalNumber.describe('Lower end of the 95% interval that budgets are judged on.'),
  high: optionalNumber,
  samples: number,
  doubt: optionalText.describe('Why no verdict may rest on it; null: one may.'),
  note: optionalText,
});

/** A budget and what it was found to be. */
export const budgetVerdictSchema = z.strictObject({
  metric: text,
  subject: optionalText,
  quantile: optionalNumber,
  min: optionalNumber,
  max: optionalNumber,
  level: z.enum(['fail', 'warn']),
  verdict: z.enum(['pass', 'fail', 'undecided', 'noData']),
  profileError: number.describe('Relative error of the hardware profiles behind the value.'),
  reason: text,
});

const vllmBench = z
  .record(z.string(), optionalNumber)
  .describe(
    'The names that `vllm bench serve` writes, so that real and simulated runs share scripts.',
  );

/** The document that a run leaves: `summary.json`, and what `--json` prints. Published; changes get a new version. */
export const resultSchema = z.strictObject({
  schema: z.literal('inflow-summary/1'),
  experiment: z.strictObject({
    name: text,
    mix: optionalText.describe('Which fleet of the file; null: it has only one.'),
    about: optionalText,
    seed: text,
    replications: number.describe('Asked for; `finished` of them are behind the numbers.'),
    finished: number,
    quick: z.boolean(),
    horizonMs: number,
    configHash: text.describe('SHA-256 of all that changes results or verdicts.'),
  }),
  engine: z.strictObject({
    version: text.describe('The engine whose scheduling was simulated.'),
    flags: z.record(z.string(), z.string()).describe('By pool.'),
  }),
  stability: z.strictObject({
    verdict: z.enum(['stable', 'backlogged', 'overloaded']),
    reason: text,
  }),
  warmup: z.strictObject({ untilMs: number, rule: text, refused: z.boolean() }),
  fit: z.array(text).describe('The arithmetic before the run.'),
  profiles: z.record(z.string(), optionalText).describe('Confidence of the hardware, by pool.'),
  metrics: z.array(metricValue),
  outcomes: z
    .record(z.string(), number)
    .describe('Requests of all replications, by how they ended.'),
  turns: z
    .record(z.string(), number)
    .describe('Turns of all replications, by how they ended; empty without sessions.'),
  remarks: z.array(text),
  budgets: z.array(budgetVerdictSchema),
  vllmBench,
  fingerprints: z.array(text).describe('One per replication: equal fingerprints, equal behaviour.'),
  events: number,
});

export type ResultDocument = z.infer<typeof resultSchema>;
