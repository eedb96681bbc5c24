import type { z } from 'zod';
import { bodySchema } from './bodySchema.js';
import { choice, flag } from './choiceSchema.js';
import { sharedPrefix } from './controlSteps.js';
import { fields } from './fields.js';
import { humanSchema } from './humanSchema.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { label } from './labelSchema.js';
import { law } from './lawSchema.js';
import { countUpTo } from './numberSchema.js';
import { count, durationMs, ratio, tokens } from './quantity.js';
import { schemaVersion } from './schemaVersion.js';

const tokenLaw = law(tokens, { whole: true });

/** What one request of a workload is. */
export const requestSchema = fields({
  model: id.describe(
    'Model role that the request asks for; the experiment says which model plays it.',
  ),
  prompt: tokenLaw.describe('Tokens of the prompt after the shared prefix; at least 1.'),
  output: tokenLaw.describe('Tokens of the answer; at least 1.'),
  shared: sharedPrefix
    .optional()
    .describe('A prefix that all requests begin with: a system prompt.'),
});

const compact = fields({
  at: ratio
    .default(0.9)
    .describe('Share of the model’s window that a prompt may fill (default 90%).'),
  to: tokenLaw
    .default({ kind: 'constant', value: 30_000 })
    .describe('Tokens of the summary that replaces the context (default 30k tokens).'),
});

const context = fields({
  shared: sharedPrefix.optional().describe('What all contexts begin with: a system prompt.'),
  start: tokenLaw.optional().describe('Tokens after it at the start of a session (default none).'),
  compact: compact
    .optional()
    .describe('When a context is replaced by the shared prefix and a summary (default never).'),
  reasoning: choice('what becomes of reasoning', ['kept', 'dropped'])
    .default('dropped')
    .describe('kept: stays in the context. dropped: taken out when the human answers (default).'),
});

const success = fields({
  byAttempt: ratio
    .array()
    .min(1)
    .max(100)
    .describe('Probability that the first, second … attempt succeeds; the last holds for more.'),
  maxAttempts: countUpTo(1000, 'a number of attempts')
    .default(3)
    .describe('A failure is tried again at once, up to so many attempts (default 3).'),
});

const interruption = fields({
  probability: ratio.describe('Of a turn that the human stops.'),
  after: law(durationMs).describe('Time into the turn; one that has ended is not stopped.'),
});

const commonKeys = {
  about: label.optional().describe('What it stands for, in one line.'),
  interactive: flag.default(true).describe('A human waits for the answer.'),
  sources: label.array().optional().describe('Where its figures come from.'),
};

const requestKeys = {
  ...commonKeys,
  request: requestSchema.describe('The one call that makes up a task of this workload.'),
};

const sessionKeys = {
  ...commonKeys,
  turn: bodySchema.describe('The steps of a task, from the submit on.'),
  context: context.optional().describe('What the model reads, and how it grows.'),
  session: fields({
    turns: law(count, { whole: true }).describe('Tasks of a session.'),
  })
    .optional()
    .describe('Default: one task.'),
  success: success.optional().describe('Default: every task succeeds.'),
  interruption: interruption.optional().describe('Default: nobody stops a turn.'),
  human: humanSchema.optional().describe('The one who waits for the answers.'),
};

const fileKeys = { inflow: schemaVersion, name: id };

/** Keys of the top level of a workload file. */
export const workloadKeys = [
  ...new Set(Object.keys({ ...fileKeys, ...requestKeys, ...sessionKeys })),
];

const inlineRequests = fields(requestKeys);
const inlineSessions = fields(sessionKeys);

export type WrittenRequests = z.output<typeof inlineRequests>;
export type WrittenSessions = z.output<typeof inlineSessions>;

/** A workload as written: one call per task, or steps. */
export type Workload =
  | (WrittenRequests & { readonly turn?: undefined })
  | (WrittenSessions & { readonly request?: undefined });

/** A workload written inside an experiment. */
export const inlineWorkloadSchema: z.ZodType<Workload> = eitherWorkload(
  inlineRequests,
  inlineSessions,
);

/** A workload file: `workloads/*.yaml`. */
export const workloadSchema: z.ZodType<Workload & { readonly name: string }> = eitherWorkload(
  fields({ ...fileKeys, ...requestKeys }),
  fields({ ...fileKeys, ...sessionKeys }),
);

/** The keys tell which of the two it is; only that schema's mistakes are reported. */
function eitherWorkload<Requests, Sessions>(
  requests: z.ZodType<Requests>,
  sessions: z.ZodType<Sessions>,
): z.ZodType<Requests | Sessions> {
  const form = { name: '', about: 'a workload', anyOf: () => [requests, sessions] };
  return inputSchema<Requests | Sessions>(form, (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected a workload, found ${describeFound(input)}`,
      });
    const has = (key: string) => Object.hasOwn(input, key);
    if (has('request') && has('turn'))
      return report({
        code: 'E_KEY',
        message: 'a workload is one request or a turn of steps, not both',
        path: ['request'],
        atKey: true,
      });
    const isSession = has('turn') || (!has('request') && sessionOnly.some(has));
    return readPart<Requests | Sessions>(isSession ? sessions : requests, input, [], report);
  });
}

const sessionOnly = Object.keys(sessionKeys).filter((key) => !Object.hasOwn(requestKeys, key));
