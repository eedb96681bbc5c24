import { z } from 'zod';
import { budgetSchema } from './budgetSchema.js';
import { flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id, mapOf } from './idSchema.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { label } from './labelSchema.js';
import { defaultsSchema, equaliseSchema, mixesSchema } from './mixSchema.js';
import { countUpTo } from './numberSchema.js';
import { placementRuleSchema } from './placementSchema.js';
import { poolSchema } from './poolSchema.js';
import { populationSchema } from './populationSchema.js';
import { priceBasis } from './priceSchema.js';
import { durationMs, positiveDurationMs } from './quantity.js';
import { filePath, reference } from './reference.js';
import { schemaVersion } from './schemaVersion.js';

const seed = inputSchema<string>(
  { name: '', about: 'a seed', json: { type: ['integer', 'string'] } },
  (input, report) => {
    if (Number.isSafeInteger(input)) return String(input);
    if (typeof input === 'string' && /^[\x20-\x7e]{1,64}$/.test(input)) return input;
    const message = `expected a whole number or up to 64 plain characters, found ${describeFound(input)}`;
    return report({ code: 'E_TYPE', message });
  },
);

const warmup = inputSchema<'auto' | number>(
  {
    name: '',
    about: 'auto or a duration',
    json: { type: 'string', examples: ['auto', '5min'] },
  },
  (input, report) => (input === 'auto' ? 'auto' : readPart(durationMs, input, [], report)),
);

const limits = fields({
  events: countUpTo(1e12)
    .default(1e9)
    .describe('A replication stops after so many events, with an outcome that says so.'),
  records: countUpTo(20_000_000)
    .default(1_000_000)
    .describe('Requests kept one by one; beyond it quantiles come from histograms.'),
});

/** How sessions come into mid-life before time 0; its keys have defaults. */
export const prehistory = fields({
  prehistory: positiveDurationMs
    .default(3_600_000)
    .describe('Time before 0 that tools and humans live through (default 1h).'),
  ttft: durationMs
    .default(500)
    .describe('What the first token of an LLM call takes then (default 500ms).'),
  tpot: durationMs.default(10).describe('What each further token takes then (default 10ms).'),
});

type WarmStart = z.infer<typeof prehistory> | 'off';

const warmStart = inputSchema<WarmStart>(
  {
    name: 'warmStart',
    about: 'off, or { prehistory: 1h }',
    anyOf: () => [z.literal('off'), prehistory],
  },
  (input, report) => {
    if (input === 'off') return input;
    if (isMapping(input)) return readPart(prehistory, input, [], report);
    const message = `expected off or { prehistory: 1h }, found ${describeFound(input)}`;
    return report({ code: 'E_VALUE', message });
  },
);

/** Keys of an experiment that describe the run as a whole. */
export const runKeys = {
  inflow: schemaVersion.describe('Version of the file format: 1.'),
  name: id.describe('Names the folder of the results.'),
  about: label.optional().describe('The question, in one line.'),
  extends: filePath('an experiment file')
    .optional()
    .describe('An experiment beside this one, whose top-level keys hold where this file has none.'),
  seed: seed.optional().describe('Same seed, same bytes (default 1).'),
  replications: countUpTo(10_000, 'a number of replications')
    .optional()
    .describe('Independent runs behind every interval (default 10).'),
  horizon: positiveDurationMs.describe('Simulated time in which requests arrive.'),
  drain: flag
    .optional()
    .describe('Runs on after the horizon until every request has ended (default false).'),
  warmup: warmup
    .optional()
    .describe('Cut from every statistic: auto (MSER-5, the default) or a duration.'),
  data: filePath('a folder').optional().describe('Folder of traces, relative to this file.'),
  limits: limits.optional(),
  prices: priceBasis
    .optional()
    .describe('Price of pools that name none: of their hardware, where known (default on-demand).'),
  warmStart: warmStart
    .optional()
    .describe('Sessions begin in mid-life (default: when a population has users).'),
};

/** Entries of an experiment that have names, by section. */
export const namedSections = {
  models: reference('hardware-profiles/models'),
  populations: populationSchema,
  fleet: poolSchema,
};

/** Entries of an experiment that are lists, by section. */
export const listSections = {
  placement: placementRuleSchema,
  budgets: budgetSchema,
};

/** An experiment file as a whole; for the JSON Schema. It is read section by section, to find all mistakes. */
export const experimentSchema: z.ZodType = fields({
  ...runKeys,
  models: mapOf('a model', namedSections.models)
    .optional()
    .describe('Which model plays each role: a name in hardware-profiles/models, or a path.'),
  populations: mapOf('a population', populationSchema).describe('Who asks.'),
  fleet: mapOf('a pool', poolSchema)
    .optional()
    .describe('What answers; several fleets stand in mixes instead.'),
  placement: placementRuleSchema
    .array()
    .optional()
    .describe('Which pool a request goes to; the first rule that applies decides.'),
  budgets: budgetSchema.array().optional().describe('What the result is judged by.'),
  mixes: mixesSchema.optional().describe('Fleets to compare, by name, instead of one.'),
  defaults: defaultsSchema.optional().describe('What the mixes share.'),
  equalise: equaliseSchema
    .optional()
    .describe('Changes replica counts so that all mixes cost what the first does.'),
});
