import { z } from 'zod';
import { metricDefinitions } from '../../sim/metrics/metricDefinitions.js';
import { budgetVerdictSchema } from './resultSchema.js';

const text = z.string();
const number = z.number();
const optionalNumber = z.number().nullable().describe('null: there is none.');
const optionalText = z.string().nullable();

const pool = z.strictObject({
  name: text,
  hardware: optionalText,
  units: optionalNumber.describe('Replicas or servers; null: without a limit.'),
  acceleratorsPerUnit: optionalNumber,
  usdPerUnitHour: optionalNumber,
  priceBasis: text,
});

const mix = z.strictObject({
  name: text,
  configHash: text.describe('SHA-256 of all that changes results or verdicts.'),
  usdPerHour: optionalNumber.describe('Of the whole fleet; null while a pool has no price.'),
  pools: z.array(pool),
  differences: z.array(text).describe('What it does not share with the baseline beside the fleet.'),
  stability: z.strictObject({
    verdict: z.enum(['stable', 'backlogged', 'overloaded']),
    reason: text,
  }),
  warmup: z.strictObject({ untilMs: number, rule: text, refused: z.boolean() }),
  profiles: z.record(z.string(), optionalText).describe('Confidence of the hardware, by pool.'),
  remarks: z.array(text),
  budgets: z.array(budgetVerdictSchema),
  fingerprints: z.array(text).describe('One per replication: equal fingerprints, equal behaviour.'),
});

const value = z.strictObject({
  mix: text,
  value: optionalNumber.describe('Mean over replications.'),
  halfWidth: optionalNumber.describe('Of the 95% t-interval over replications.'),
  low: optionalNumber,
  high: optionalNumber,
  samples: number,
  doubt: optionalText.describe('Why no verdict may rest on it; null: one may.'),
  note: optionalText,
  byReplication: z.array(optionalNumber).describe('In the order of `replications`.'),
});

const paired = z.strictObject({
  mix: text.describe('Compared with the baseline.'),
  pairs: number.describe('Replications with a value in both.'),
  difference: number.describe('Mix − baseline.'),
  halfWidth: optionalNumber.describe('Of the interval of the difference.'),
  ratio: optionalNumber.describe('Mix / baseline.'),
  ratioHalfWidth: optionalNumber,
  verdict: z.enum(['better', 'worse', 'higher', 'lower', 'no difference shown', 'undecided']),
  reason: optionalText.describe('Why it is undecided.'),
  profileError: number.describe('Relative error of the hardware profiles that both do not share.'),
});

const row = z.strictObject({
  metric: z.enum(metricDefinitions.map(({ id }) => id)),
  subject: optionalText.describe('Population or pool; null: the whole run.'),
  quantile: optionalNumber.describe('0–1; null: a mean, ratio, rate or count.'),
  unit: text,
  better: z.enum(['lower', 'higher', 'neither']),
  values: z.array(value),
  paired: z.array(paired).describe('Without mixes that have nothing to compare.'),
});

const breakEven = z.strictObject({
  mix: text,
  hardware: text,
  accelerators: number,
  usdPerHour: optionalNumber.describe('Price of one in this comparison.'),
  priceBasis: text,
  assumption: optionalText.describe(
    'What the price rests on, for hardware without a market price.',
  ),
  sameCostUsdPerHour: optionalNumber.describe('Price of one at which both fleets cost the same.'),
  sameFlowCostUsdPerHour: optionalNumber.describe('At which a minute of flow costs the same.'),
  sameFlowCostHalfWidth: optionalNumber,
});

/** The document that a comparison leaves: `compare.json`, and what `--json` prints. Published; changes get a new version. */
export const compareSchema = z.strictObject({
  schema: z.literal('inflow-compare/1'),
  name: text,
  about: optionalText,
  seed: text,
  quick: z.boolean(),
  horizonMs: number,
  engine: text.describe('The engine whose scheduling was simulated.'),
  replicationsAsked: number,
  replications: z.array(number).describe('Numbers of those behind every mix, from 0.'),
  baseline: text.describe('The mix that the others are compared with.'),
  confidence: z.strictObject({
    together: number.describe('Of all intervals of a row together.'),
    each: number,
    correction: z.enum(['none', 'Bonferroni']),
  }),
  prices: z.strictObject({
    tolerance: number.describe('Share by which prices may differ and still count as equal.'),
    equal: z.boolean().nullable().describe('null while a price is missing.'),
  }),
  mixes: z.array(mix),
  breakEvens: z.array(breakEven),
  rows: z.array(row),
});

export type CompareDocument = z.infer<typeof compareSchema>;
