import { z } from 'zod';
import {
  budgetVerdictSchema,
  metricValueSchema,
  stabilitySchema,
  warmupSchema,
} from './resultSchema.js';

const text = z.string();
const number = z.number();
const optionalNumber = z.number().nullable();
const optionalText = z.string().nullable();

const pool = z.strictObject({
  name: text.describe('Of the pool.'),
  hardware: optionalText.describe('Its hardware profile; null: it has none.'),
  units: optionalNumber.describe('Replicas or servers; null: without a limit.'),
  acceleratorsPerUnit: optionalNumber.describe('Accelerators of a replica; null: it has none.'),
  usdPerUnitHour: optionalNumber.describe('Price of a replica or server; null: it has none.'),
  priceBasis: text.describe('What its price is: reserved, on demand, market, an assumption …'),
});

const mix = z.strictObject({
  name: text.describe('Of the mix.'),
  configHash: text.describe('SHA-256 of all that changes results or verdicts.'),
  usdPerHour: optionalNumber.describe('Of the whole fleet; null while a pool has no price.'),
  pools: z.array(pool).describe('What the fleet is made of.'),
  differences: z.array(text).describe('What it does not share with the baseline beside the fleet.'),
  stability: stabilitySchema.describe('Whether the fleet keeps up with what arrives.'),
  warmup: warmupSchema.describe('Time at the start that is left out of every statistic.'),
  profiles: z.record(z.string(), optionalText).describe('Confidence of the hardware, by pool.'),
  remarks: z
    .array(text)
    .describe('What must be known before the numbers are believed, a sentence each.'),
  budgets: z.array(budgetVerdictSchema).describe('What each budget was found to be.'),
  fingerprints: z.array(text).describe('One per replication: equal fingerprints, equal behaviour.'),
});

const value = z.strictObject({
  mix: text.describe('Whose value it is.'),
  value: metricValueSchema.shape.value,
  halfWidth: metricValueSchema.shape.halfWidth,
  low: metricValueSchema.shape.low,
  high: metricValueSchema.shape.high,
  samples: metricValueSchema.shape.samples,
  doubt: metricValueSchema.shape.doubt,
  note: metricValueSchema.shape.note,
  byReplication: z.array(optionalNumber).describe('In the order of `replications`.'),
});

const paired = z.strictObject({
  mix: text.describe('Compared with the baseline.'),
  pairs: number.describe('Replications with a value in both.'),
  difference: number.describe('Mix − baseline.'),
  halfWidth: optionalNumber.describe('Of the interval of the difference.'),
  ratio: optionalNumber.describe('Mix / baseline; null over a baseline of 0.'),
  ratioHalfWidth: optionalNumber.describe('Of the interval of the ratio.'),
  verdict: z
    .enum(['better', 'worse', 'higher', 'lower', 'no difference shown', 'undecided'])
    .describe('What the interval of the difference shows.'),
  reason: optionalText.describe('Why it is undecided.'),
  profileError: number.describe('Relative error of the hardware profiles that both do not share.'),
});

const row = z.strictObject({
  metric: metricValueSchema.shape.metric,
  subject: optionalText.describe('Population or pool; null: the whole run.'),
  quantile: metricValueSchema.shape.quantile,
  unit: metricValueSchema.shape.unit,
  better: z.enum(['lower', 'higher', 'neither']).describe('Which way is good.'),
  values: z.array(value).describe('Of each mix that has one.'),
  paired: z.array(paired).describe('Without mixes that have nothing to compare.'),
});

const breakEven = z.strictObject({
  mix: text.describe('The mix that has the hardware.'),
  hardware: text.describe('Its hardware profile.'),
  accelerators: number.describe('How many of them the mix has.'),
  usdPerHour: optionalNumber.describe('Price of one in this comparison; null: it has none.'),
  priceBasis: text.describe('What that price is.'),
  assumption: optionalText.describe(
    'What the price rests on, for hardware without a market price.',
  ),
  sameCostUsdPerHour: optionalNumber.describe('Price of one at which both fleets cost the same.'),
  sameFlowCostUsdPerHour: optionalNumber.describe('At which a minute of flow costs the same.'),
  sameFlowCostHalfWidth: optionalNumber.describe('Half-width of the interval of that price.'),
});

/** The document that a comparison leaves: `compare.json`, and what `--json` prints. Published; changes get a new version. */
export const compareSchema = z.strictObject({
  schema: z.literal('inflow-compare/1').describe('Name and version of this form.'),
  name: text.describe('Of the comparison.'),
  about: optionalText.describe('What the experiment says of itself.'),
  seed: text.describe('Names the random numbers.'),
  quick: z.boolean().describe('Whether --quick made it shorter.'),
  horizonMs: number.describe('Simulated ms in which requests arrive.'),
  engine: text.describe('The engine whose scheduling was simulated.'),
  replicationsAsked: number.describe('By the experiment, or --replications.'),
  replications: z.array(number).describe('Numbers of those behind every mix, from 0.'),
  baseline: text.describe('The mix that the others are compared with.'),
  confidence: z
    .strictObject({
      together: number.describe('Of all intervals of a row together.'),
      each: number.describe('Of one interval.'),
      correction: z
        .enum(['none', 'Bonferroni'])
        .describe('How the two go together where several mixes are compared.'),
    })
    .describe('How sure the intervals of differences are, as shares.'),
  prices: z
    .strictObject({
      tolerance: number.describe('Share by which prices may differ and still count as equal.'),
      equal: z
        .boolean()
        .nullable()
        .describe('Whether all mixes cost the same within it; null while a price is missing.'),
    })
    .describe('Whether the comparison is one at equal cost.'),
  mixes: z.array(mix).describe('The fleets, and how each of them did.'),
  breakEvens: z.array(breakEven).describe('Prices at which a mix would tie with the baseline.'),
  rows: z.array(row).describe('A metric each, with its value and difference in every mix.'),
});

export type CompareDocument = z.infer<typeof compareSchema>;
