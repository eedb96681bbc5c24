import type { z } from 'zod';
import { traceFormats } from '../traces/traceReading.js';
import { arrivalsSchema } from './arrivalsSchema.js';
import { choice, flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { law } from './lawSchema.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { durationMs, tokens, tokensPerSec } from './quantity.js';
import { filePath, reference } from './reference.js';
import { urgencyFields } from './urgencyFields.js';
import { inlineWorkloadSchema, type Workload } from './workloadSchema.js';

const workload: z.ZodType<string | Workload> = inputSchema(
  {
    name: 'workload',
    about: 'the name of a workload, its path, or the workload itself',
    anyOf: () => [reference('workloads'), inlineWorkloadSchema],
  },
  (input, report) =>
    isMapping(input)
      ? readPart(inlineWorkloadSchema, input, [], report)
      : readPart(reference('workloads'), input, [], report),
);

const replay = fields({
  trace: filePath('a trace file').describe(
    'A path from the data folder, or from this file with ./',
  ),
  format: choice('a trace format', traceFormats).default('auto'),
  model: id.describe('Model role that the requests ask for.'),
  rate: numberSchema({ name: 'a factor such as 2', min: 0, aboveMin: true, max: 1e6 })
    .optional()
    .describe(
      'Requests arrive, or sessions start, this many times as fast as recorded (default 1).',
    ),
  copies: countUpTo(100_000)
    .optional()
    .describe('The trace is played this many times, one after the other (default 1).'),
  arrivals: arrivalsSchema
    .optional()
    .describe('Recorded sessions start by this process instead, in the order of the trace.'),
  shared: tokens
    .optional()
    .describe('Tokens that the contexts of all recorded sessions begin with (default 0).'),
  reading: tokensPerSec
    .optional()
    .describe('How fast the humans of recorded sessions read (default 5.3 tokens/s).'),
});

const everywhere = {
  network: law(durationMs)
    .optional()
    .describe('One-way delay between client and gateway (default none).'),
  ...urgencyFields,
};

const laws = {
  workload: workload.describe('What they do.'),
  interactive: flag.optional().describe('Overrides the workload: a human waits for the answer.'),
  ...everywhere,
};

const byArrivals = fields({
  ...laws,
  arrivals: arrivalsSchema.describe('When requests come, or sessions start.'),
});

const byUsers = fields({
  ...laws,
  users: countUpTo(1_000_000, 'a number of users').describe(
    'Humans, each of whom starts a session when one has ended.',
  ),
  sessionsPerHuman: countUpTo(1000)
    .default(1)
    .describe('Sessions that each human runs at once (default 1).'),
  switch: durationMs
    .default(5_000)
    .describe('Time to turn from one of them to another (default 5s).'),
  offTime: law(durationMs)
    .optional()
    .describe('Between the end of a session and the start of the next (default none).'),
});

const byTrace = fields({
  replay: replay.describe('A recorded trace of requests, or of sessions.'),
  interactive: flag.default(true).describe('A human waits for the answer.'),
  ...everywhere,
});

export type PopulationByArrivals = z.infer<typeof byArrivals>;
export type PopulationByUsers = z.infer<typeof byUsers>;
export type PopulationByTrace = z.infer<typeof byTrace>;

/** A population as its file describes it: arrivals or users of a workload, or a recorded trace. */
export type Population =
  | (PopulationByArrivals & { readonly replay?: undefined; readonly users?: undefined })
  | (PopulationByUsers & { readonly replay?: undefined; readonly arrivals?: undefined })
  | PopulationByTrace;

/** One entry of `populations:`. */
export const populationSchema: z.ZodType<Population> = inputSchema(
  { name: 'population', about: 'a population', anyOf: () => [byArrivals, byUsers, byTrace] },
  (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected a population, found ${describeFound(input)}`,
      });
    const schema = schemaOf(input, report);
    return schema && readPart<Population>(schema, input, [], report);
  },
);

function schemaOf(
  input: Readonly<Record<string, unknown>>,
  report: Report,
): z.ZodType<Population> | undefined {
  const has = (key: string) => Object.hasOwn(input, key);
  const clash = (message: string, key: string) =>
    report({ code: 'E_KEY', message, path: [key], atKey: true });
  if (has('replay')) {
    const own = ['workload', 'arrivals', 'users'].find(has);
    return own === undefined ? byTrace : clash(`a replayed trace brings its own ${own}`, own);
  }
  if (has('arrivals') && has('users'))
    return clash('a population has arrivals or a number of users, not both', 'users');
  if (has('arrivals')) return byArrivals;
  if (['users', 'sessionsPerHuman', 'switch', 'offTime'].some(has)) return byUsers;
  report({
    code: 'E_REQUIRED',
    message: 'missing "arrivals" (or "users", of a workload with a turn)',
  });
  // What else is wrong is worth knowing.
  readPart(byArrivals.omit({ arrivals: true }), input, [], report);
  return undefined;
}
