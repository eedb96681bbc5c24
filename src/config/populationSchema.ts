import type { z } from 'zod';
import type { Law } from '../../sim/laws/law.js';
import { traceFormats } from '../traces/traceReading.js';
import { arrivalsSchema } from './arrivalsSchema.js';
import { choice, flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { law } from './lawSchema.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { durationMs } from './quantity.js';
import { filePath, reference } from './reference.js';
import { inlineWorkloadSchema } from './workloadSchema.js';

type InlineWorkload = z.infer<typeof inlineWorkloadSchema>;

const workload: z.ZodType<string | InlineWorkload> = inputSchema(
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
    .default(1)
    .describe('Requests arrive this many times as fast as recorded.'),
  copies: countUpTo(100_000)
    .default(1)
    .describe('The trace is played this many times, one after the other.'),
});

const everywhere = {
  network: law(durationMs)
    .optional()
    .describe('One-way delay between client and gateway (default none).'),
};

const byLaws = fields({
  workload: workload.describe('What the requests are.'),
  arrivals: arrivalsSchema.describe('When they come.'),
  interactive: flag.optional().describe('Overrides the workload: a human waits for the answer.'),
  ...everywhere,
});

const byTrace = fields({
  replay: replay.describe('Requests of a recorded trace.'),
  interactive: flag.default(true).describe('A human waits for the answer.'),
  ...everywhere,
});

/** A population as its file describes it: requests by laws, or replayed from a trace. */
export type Population =
  | (z.infer<typeof byLaws> & { readonly replay?: never })
  | (z.infer<typeof byTrace> & { readonly network?: Law | undefined });

/** One entry of `populations:`. */
export const populationSchema: z.ZodType<Population> = inputSchema(
  { name: 'population', about: 'a population', anyOf: () => [byLaws, byTrace] },
  (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected a population, found ${describeFound(input)}`,
      });
    if (!Object.hasOwn(input, 'replay')) return readPart(byLaws, input, [], report);
    const clash = ['workload', 'arrivals'].find((key) => Object.hasOwn(input, key));
    if (clash === undefined) return readPart(byTrace, input, [], report);
    return report({
      code: 'E_KEY',
      message: `a replayed trace brings its own ${clash}`,
      path: [clash],
      atKey: true,
    });
  },
);
