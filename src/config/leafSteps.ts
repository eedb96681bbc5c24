import type { Law } from '../../sim/laws/law.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { lawMaximum } from './lawMaximum.js';
import { law } from './lawSchema.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { amount, durationMs, ratio, tokens } from './quantity.js';
import { type PartNotes, stepPart } from './stepPart.js';
import { urgencyFields, urgencyOf } from './urgencyFields.js';

const tokenLaw = law(tokens, { whole: true });
const durationLaw = law(durationMs);
const none: Law = { kind: 'constant', value: 0 };

/** Time that a human is engaged when a file does not say: model.md section 6. */
export const defaultThinkingMs: Law = { kind: 'lognormal', median: 40_000, sigma: 0.9 };

const failure = fields({
  probability: ratio.describe('Probability that a call fails.'),
  retries: numberSchema({ name: 'a count', min: 0, max: 100, whole: true })
    .default(0)
    .describe('A failed call is tried again so often (default 0); then the task goes on without.'),
})
  .optional()
  .describe('Default: never.');
const result = tokenLaw
  .optional()
  .describe('Tokens of its result, which the next call reads (default none).');
const duration = durationLaw.describe('Time that it takes, or holds a server.');

const infer = stepPart(
  { name: 'inferStep', about: 'an LLM call' },
  fields({
    model: id.describe('Model role; the experiment says which model plays it.'),
    label: id.optional().describe('For placement rules.'),
    append: tokenLaw
      .default(none)
      .describe('New tokens that it reads beside results of tools (default none).'),
    reasoning: tokenLaw
      .optional()
      .describe('Tokens generated before the output and never shown (default none).'),
    output: tokenLaw.describe('Tokens of the output; at least 1.'),
    visible: ratio
      .default(1)
      .describe('Share of the output, at its end, that the human can use (default 100%).'),
    ...urgencyFields,
  }),
  ({ model, label, append, reasoning, output, visible, ...rest }, notes) => {
    const labelled = label === undefined ? {} : { label };
    notes.need({ kind: 'role', name: model, path: ['model'], ...labelled });
    checkTails({ append, reasoning, output }, notes);
    if (lawMaximum(output) < 1)
      return notes.report({
        code: 'E_RANGE',
        message: 'output must be at least 1 token',
        path: ['output'],
      });
    return {
      kind: 'infer',
      role: model,
      label,
      appendTokens: append,
      reasoningTokens: reasoning,
      outputTokens: output,
      visibleShare: visible,
      ...urgencyOf(rest),
    };
  },
);

const model = stepPart(
  { name: 'modelStep', about: 'a call of a model that is no LLM' },
  fields({
    resource: id.describe('Pool of kind model.'),
    units: law(amount).describe('Amount of input, in the unit of that pool.'),
  }),
  ({ resource, units }, notes) => {
    notes.need({ kind: 'model', name: resource, path: ['resource'] });
    checkTails({ units }, notes);
    return { kind: 'model', resource, units };
  },
);

const tool = stepPart(
  { name: 'toolStep', about: 'a tool call' },
  fields({
    class: id
      .default('tool')
      .describe(
        'What it does: shell, edit, read … (default tool); for readers, nothing is computed from it.',
      ),
    pool: id
      .optional()
      .describe('Pool of kind tools; without it: the sandbox that is held, else no queue.'),
    duration,
    failure,
    result,
  }),
  (written, notes) => {
    const { pool } = written;
    if (pool !== undefined) notes.need({ kind: 'tools', name: pool, path: ['pool'] });
    checkTails({ duration: written.duration, result: written.result }, notes);
    return {
      kind: 'tool',
      resource: pool,
      durationMs: written.duration,
      ...failureOf(written.failure),
      resultTokens: written.result,
    };
  },
);

const query = stepPart(
  { name: 'queryStep', about: 'a query' },
  fields({
    store: id.describe('Pool of kind store: a database, index or search service.'),
    duration,
    failure,
    result,
  }),
  (written, notes) => {
    notes.need({ kind: 'store', name: written.store, path: ['store'] });
    checkTails({ duration: written.duration, result: written.result }, notes);
    return {
      kind: 'query',
      resource: written.store,
      durationMs: written.duration,
      ...failureOf(written.failure),
      resultTokens: written.result,
    };
  },
);

const sandbox = stepPart(
  { name: 'sandboxStep', about: 'the start of a sandbox' },
  fields({
    pool: id.describe('Pool of kind sandboxes; held until the end of this list of steps.'),
  }),
  ({ pool }, notes) => {
    notes.need({ kind: 'sandboxes', name: pool, path: ['pool'] });
    return { kind: 'sandbox', resource: pool };
  },
);

const human = stepPart(
  { name: 'humanStep', about: 'an act of the human' },
  fields({
    act: choice('an act', ['steer', 'approve', 'review']).describe(
      'What the human is asked for; for readers, nothing is computed from it.',
    ),
    engaged: durationLaw
      .default(defaultThinkingMs)
      .describe('Time that it takes, reading apart (default { median: 40s, sigma: 0.9 }).'),
    probability: ratio
      .default(1)
      .describe('That the human is asked; otherwise it takes no time (default 100%).'),
  }),
  ({ engaged, probability }, notes) => {
    checkTails({ engaged }, notes);
    return { kind: 'human', engagedMs: engaged, probability };
  },
);

const delay = stepPart(
  { name: 'delayStep', about: 'a delay' },
  durationLaw.describe('Time that passes.'),
  (durationMs, notes) => {
    checkHeavyTail(durationMs, [], notes.warn);
    return { kind: 'delay', durationMs };
  },
);

/** Schemas of the kinds of steps that hold no other steps, by the key that names them. */
export const leafSteps = { infer, model, tool, query, sandbox, human, delay };

/** Warns of laws without a mean. */
export function checkTails(
  laws: Readonly<Record<string, Law | undefined>>,
  { warn }: PartNotes,
): void {
  for (const [key, each] of Object.entries(laws))
    if (each !== undefined) checkHeavyTail(each, [key], warn);
}

function failureOf(
  written: { readonly probability: number; readonly retries: number } | undefined,
) {
  return { failureProbability: written?.probability ?? 0, retries: written?.retries ?? 0 };
}

/** A number of rounds or copies. */
export const rounds = countUpTo(1_000_000, 'a number of rounds');
