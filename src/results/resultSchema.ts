import { z } from 'zod';
import { metricDefinitions } from '../../sim/metrics/metricDefinitions.js';
import { vllmBenchNames } from './vllmBench.js';

const text = z.string();
const number = z.number();
const optionalNumber = z.number().nullable();
const optionalText = z.string().nullable();

/** One number, with the evidence for it. */
export const metricValueSchema = z.strictObject({
  metric: z
    .enum(metricDefinitions.map(({ id }) => id))
    .describe('Id of the metric; `inflow explain` with it says what it measures.'),
  subject: optionalText.describe('Population, pool, gateway or resource; null: the whole run.'),
  quantile: optionalNumber.describe('0–1; null: a mean, ratio, rate or count.'),
  unit: text.describe('Base unit of the value: ms, ratio (0–1), count, tokens, usd …'),
  value: optionalNumber.describe(
    'Mean over replications, or the quantile of all samples together where single replications have too few; null: nothing was measured.',
  ),
  halfWidth: optionalNumber.describe(
    'Of the 95% t-interval over replications; null: one replication, or too few samples.',
  ),
  low: optionalNumber.describe(
    'Lower end of the 95% interval that budgets are judged on; null: there is none.',
  ),
  high: optionalNumber.describe('Upper end of that interval; null: there is none.'),
  samples: number.describe('Requests, turns, gaps … behind the value, over all replications.'),
  doubt: optionalText.describe(
    'Why no verdict may rest on the value: noSamples, tooFewSamples, oneReplication, growsWithRunLength, warmupNotOver or limitReached; null: one may.',
  ),
  note: optionalText.describe('What must be said in the same line as the value; null: nothing.'),
});

/** A budget and what it was found to be. */
export const budgetVerdictSchema = z.strictObject({
  metric: text.describe('Id of the metric that is bounded.'),
  subject: optionalText.describe('Population or pool that is bounded; null: the whole run.'),
  quantile: optionalNumber.describe('0–1; null: a mean, ratio, rate or count is bounded.'),
  min: optionalNumber.describe('Lower bound, included, in the unit of the metric; null: none.'),
  max: optionalNumber.describe('Upper bound, included, in the unit of the metric; null: none.'),
  level: z
    .enum(['fail', 'warn'])
    .describe('What a budget that is not held does to `inflow check`: fail it, or be mentioned.'),
  verdict: z
    .enum(['pass', 'fail', 'undecided', 'noData'])
    .describe('Whether the whole interval lies within the bounds.'),
  profileError: number.describe('Relative error of the hardware profiles behind the value.'),
  reason: text.describe('The value and why the verdict is as it is, in words.'),
});

/** Whether the fleet kept up. */
export const stabilitySchema = z.strictObject({
  verdict: z
    .enum(['stable', 'backlogged', 'overloaded'])
    .describe('Whether the fleet keeps up with what arrives.'),
  reason: text.describe('The figures behind it: arrivals and completions per second, growth.'),
});

/** What was left out of every statistic. */
export const warmupSchema = z.strictObject({
  untilMs: number.describe('Simulated ms at the start that are left out of every statistic.'),
  rule: text.describe('What the warm-up rests on: MSER-5 and its series, or the experiment.'),
  refused: z
    .boolean()
    .describe('The run is too short to tell where the warm-up ends, so nothing was left out.'),
});

const vllmBench = z
  .strictObject(
    Object.fromEntries(
      vllmBenchNames.map(([name, definition]) => [name, optionalNumber.describe(definition)]),
    ),
  )
  .describe(
    'The names that `vllm bench serve` writes, so that real and simulated runs share scripts. Latencies at the router, after the warm-up, over all populations; null: nothing was measured.',
  );

/** The document that a run leaves: `summary.json`, and what `--json` prints. Published; changes get a new version. */
export const resultSchema = z.strictObject({
  schema: z.literal('inflow-summary/1').describe('Name and version of this form.'),
  experiment: z
    .strictObject({
      name: text.describe('Of the experiment.'),
      mix: optionalText.describe('Which fleet of the file; null: it has only one.'),
      about: optionalText.describe('What the experiment says of itself.'),
      seed: text.describe('Names the random numbers.'),
      replications: number.describe('Asked for; `finished` of them are behind the numbers.'),
      finished: number.describe('Replications behind the numbers.'),
      quick: z.boolean().describe('Whether --quick made it shorter.'),
      horizonMs: number.describe('Simulated ms in which requests arrive.'),
      configHash: text.describe('SHA-256 of all that changes results or verdicts.'),
    })
    .describe('What was simulated.'),
  engine: z
    .strictObject({
      version: text.describe('The engine whose scheduling was simulated.'),
      flags: z.record(z.string(), z.string()).describe('By pool.'),
    })
    .describe('The engine version whose scheduling is simulated, and its flags.'),
  stability: stabilitySchema.describe('Whether the fleet keeps up with what arrives.'),
  warmup: warmupSchema.describe('Time at the start that is left out of every statistic.'),
  fit: z.array(text).describe('The arithmetic before the run.'),
  profiles: z.record(z.string(), optionalText).describe('Confidence of the hardware, by pool.'),
  metrics: z.array(metricValueSchema).describe('Every number, with the evidence for it.'),
  outcomes: z
    .record(z.string(), number)
    .describe('Requests of all replications, by how they ended.'),
  turns: z
    .record(z.string(), number)
    .describe('Turns of all replications, by how they ended; empty without sessions.'),
  remarks: z
    .array(text)
    .describe('What must be known before the numbers are believed, a sentence each.'),
  budgets: z.array(budgetVerdictSchema).describe('What each budget was found to be.'),
  vllmBench,
  fingerprints: z.array(text).describe('One per replication: equal fingerprints, equal behaviour.'),
  events: number.describe('Steps of the simulation, over all replications.'),
});

export type ResultDocument = z.infer<typeof resultSchema>;
