import { z } from 'zod';
import type { Body, LoopStep } from '../../sim/agents/taskGraph.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { lawMaximum } from './lawMaximum.js';
import { law } from './lawSchema.js';
import { checkTails, rounds } from './leafSteps.js';
import { suggestion } from './nearestName.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { count, ratio, tokens } from './quantity.js';
import { type PartNotes, stepPart, type WithNotes } from './stepPart.js';

/** A list of steps as read. */
export interface ReadBody extends WithNotes {
  readonly body: Body;
}

const countLaw = law(count, { whole: true });
const tokenLaw = law(tokens, { whole: true });
const weight = numberSchema({ name: 'a weight', min: 0, max: 1e12 });

/** Rounds of a loop that ends by chance, unless its file says otherwise. */
const defaultMaxRounds = 1000;

/** Copies at once beyond which the simulator does not go. */
const maxCopies = 1000;

/** A prefix that contexts begin with. */
export const sharedPrefix = fields({
  id: id.describe('Contexts and requests with the same id begin with the same tokens.'),
  tokens: tokens.describe('Length of the prefix.'),
});

/** Schemas of the kinds of steps that hold other steps, by the key that names them. */
export function controlSteps(steps: z.ZodType<ReadBody>, oneStep: () => z.ZodType<ReadBody>) {
  return {
    loop: loopStep(steps),
    parallel: parallelStep(steps),
    branch: branchStep(steps, oneStep),
    agent: agentStep(steps),
  };
}

function loopStep(steps: z.ZodType<ReadBody>) {
  const schema = fields({
    times: countLaw.optional().describe('Rounds; instead of untilDone.'),
    untilDone: ratio.optional().describe('Probability that a round was the last.'),
    max: rounds.optional().describe(`Rounds at most (default for untilDone ${defaultMaxRounds}).`),
    endsAfter: id.optional().describe('Step after which the last round ends (default: all).'),
    steps,
  });
  return stepPart({ name: 'loopStep', about: 'a loop' }, schema, (written, notes) => {
    const { steps: inner, endsAfter, ...limits } = written;
    notes.include(inner, ['steps']);
    checkTails({ times: limits.times }, notes);
    const bounds = loopBounds(limits, notes);
    const last = endsAfter === undefined ? undefined : lastStep(inner.body, endsAfter, notes);
    if (bounds === undefined || (endsAfter !== undefined && last === undefined)) return undefined;
    if (last !== undefined && bounds.maxRounds <= 1) warnOfSkipped(inner.body, last, notes);
    return { kind: 'loop', ...bounds, body: inner.body, lastRoundEndsAfter: last };
  });
}

interface LoopLimits {
  readonly times?: Parameters<typeof lawMaximum>[0] | undefined;
  readonly untilDone?: number | undefined;
  readonly max?: number | undefined;
}

function loopBounds(
  { times, untilDone, max }: LoopLimits,
  { report }: PartNotes,
): Pick<LoopStep, 'rounds' | 'maxRounds'> | undefined {
  if (times !== undefined && untilDone !== undefined)
    return report({
      code: 'E_LOOP',
      message: 'a loop has times or untilDone, not both',
      path: ['untilDone'],
      atKey: true,
    });
  if (times !== undefined) {
    const maxRounds = Math.min(max ?? Number.POSITIVE_INFINITY, Math.floor(lawMaximum(times)));
    if (Number.isFinite(maxRounds))
      return { rounds: { kind: 'count', times }, maxRounds: Math.max(0, maxRounds) };
    return report({
      code: 'E_LOOP',
      message: 'nothing bounds the number of rounds',
      path: ['times'],
      hint: 'Add a max, to the law or to the loop',
    });
  }
  if (untilDone === undefined)
    return report({
      code: 'E_LOOP',
      message: 'a loop needs to know when to end',
      hint: 'Add times: 5, or untilDone: 20%',
    });
  if (untilDone === 0 && max === undefined)
    return report({
      code: 'E_LOOP',
      message: 'this loop never ends: untilDone is 0 and there is no max',
      path: ['untilDone'],
      hint: 'Add a max',
    });
  return {
    rounds: { kind: 'untilDone', doneProbability: untilDone },
    maxRounds: max ?? defaultMaxRounds,
  };
}

function lastStep(body: Body, name: string, { report }: PartNotes): number | undefined {
  const index = body.steps.findIndex((step) => step.id === name);
  if (index >= 0) return index;
  const ids = body.steps.map((step) => step.id);
  const hint = suggestion(name, ids);
  return report({
    code: 'E_REF',
    message: 'no step of the loop has this id',
    path: ['endsAfter'],
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Steps that are no predecessors of the one after which a single round ends are cut short. */
function warnOfSkipped({ steps }: Body, last: number, { warn }: PartNotes): void {
  const needed = new Set([last]);
  for (let index = last; index >= 0; index--)
    if (needed.has(index)) for (const before of steps[index]!.after) needed.add(before);
  const skipped = steps.filter((_, index) => !needed.has(index)).map((step) => step.id);
  if (skipped.length === 0) return;
  warn({
    code: 'W_UNREACHABLE',
    message: `there is one round, which ends before ${skipped.slice(0, 3).join(', ')}`,
    path: ['endsAfter'],
  });
}

const join = inputSchema<'all' | 'any' | { readonly quorum: number }>(
  {
    name: 'join',
    about: 'all, any or { quorum: n }',
    anyOf: () => [z.enum(['all', 'any']), quorum],
  },
  (input, report) => {
    if (input === 'all' || input === 'any') return input;
    if (isMapping(input)) return readPart(quorum, input, [], report);
    const message = `expected all, any or { quorum: n }, found ${describeFound(input)}`;
    return report({ code: 'E_VALUE', message });
  },
);
const quorum = fields({ quorum: countUpTo(maxCopies).describe('Copies that must end.') });

function parallelStep(steps: z.ZodType<ReadBody>) {
  const schema = fields({
    copies: countLaw.describe(`How many run at once, up to ${maxCopies}.`),
    join: join
      .default('all')
      .describe('How many must end before the step does; the others are cancelled (default all).'),
    steps,
  });
  const form = { name: 'parallelStep', about: 'copies at once' };
  return stepPart(form, schema, ({ copies, join, steps: inner }, notes) => {
    notes.include(inner, ['steps']);
    checkTails({ copies }, notes);
    const most = lawMaximum(copies);
    const leastDraw = copies.kind === 'constant' ? most : (copies.atLeast ?? 0);
    if (leastDraw > maxCopies)
      notes.report({
        code: 'E_LIMIT',
        message: `more than ${maxCopies} copies at once`,
        path: ['copies'],
      });
    if (typeof join === 'string')
      return { kind: 'parallel', copies, join: { kind: join }, body: inner.body };
    if (join.quorum > most)
      notes.warn({
        code: 'W_QUORUM',
        message: `a quorum of ${join.quorum} of at most ${most} copies: all must end`,
        path: ['join', 'quorum'],
      });
    const needed = { kind: 'quorum', count: join.quorum } as const;
    return { kind: 'parallel', copies, join: needed, body: inner.body };
  });
}

function branchStep(steps: z.ZodType<ReadBody>, oneStep: () => z.ZodType<ReadBody>) {
  const several = fields({ weight: z.unknown(), steps });
  const arm = inputSchema<ReadBody & { readonly weight: number }>(
    {
      name: 'arm',
      about: 'a weight with one step or with steps',
      json: { type: 'object', required: ['weight'] },
    },
    (input, report) => {
      if (!isMapping(input)) {
        const message = `expected { weight: …, steps: […] }, found ${describeFound(input)}`;
        return report({ code: 'E_TYPE', message });
      }
      const { weight: written, ...rest } = input;
      const share = readPart(weight, written, ['weight'], report);
      if (!Object.hasOwn(input, 'steps')) {
        const inner = readPart(oneStep(), rest, [], report);
        return share === undefined ? undefined : inner && { weight: share, ...inner };
      }
      const inner = readPart(several, input, [], report)?.steps;
      if (share === undefined || inner === undefined) return undefined;
      const notes = innerNotes(inner);
      return { weight: share, body: inner.body, ...notes };
    },
  );
  const form = { name: 'branchStep', about: 'a list of weighted arms' };
  return stepPart(form, arm.array().min(1).max(1000), (arms, notes) => {
    arms.forEach((each, index) => {
      notes.include(each, [index]);
    });
    if (arms.some((each) => each.weight > 0))
      return { kind: 'branch', arms: arms.map(({ weight, body }) => ({ weight, body })) };
    return notes.report({ code: 'E_SUM', message: 'weights sum to 0' });
  });
}

function innerNotes({ needs, warnings }: WithNotes): WithNotes {
  return {
    needs: needs.map((need) => ({ ...need, path: ['steps', ...need.path] })),
    warnings: warnings.map((finding) => ({ ...finding, path: ['steps', ...(finding.path ?? [])] })),
  };
}

function agentStep(steps: z.ZodType<ReadBody>) {
  const schema = fields({
    start: tokenLaw.describe('Tokens of its task at the start of its context; at least 1.'),
    result: tokenLaw.describe('Tokens of its result, which its parent reads.'),
    shared: sharedPrefix.optional().describe('What its context begins with (default none).'),
    steps,
  });
  const form = { name: 'agentStep', about: 'a sub-agent' };
  return stepPart(form, schema, ({ start, result, shared, steps: inner }, notes) => {
    notes.include(inner, ['steps']);
    checkTails({ start, result }, notes);
    return {
      kind: 'agent',
      body: inner.body,
      startTokens: start,
      resultTokens: result,
      sharedPrefix: shared,
    };
  });
}
