import type { z } from 'zod';
import { placementPolicies } from '../../sim/fleet/placementRule.js';
import { choice, flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, type Report, readPart } from './inputSchema.js';
import { oneOrMore } from './lists.js';
import { numberSchema } from './numberSchema.js';
import { durationMs, positiveDurationMs, tokens } from './quantity.js';

/** Prompt tokens from `min` to `max`, both included. */
export interface TokenRange {
  readonly min: number;
  readonly max: number;
}

const bound = { type: 'string', pattern: '^(<|<=|>|>=) *\\d' };

/** `"< 128k"`, `">= 128k"`, or several bounds in a list. */
const contextTokens = inputSchema<TokenRange>(
  {
    name: 'contextTokens',
    about: 'a bound such as "< 128k" or ">= 128k", or a list of them',
    json: { anyOf: [bound, { type: 'array', items: bound }] },
  },
  (input, report) => {
    const isList = Array.isArray(input);
    const bounds: unknown[] = isList ? input : [input];
    let range: TokenRange = { min: 0, max: Number.POSITIVE_INFINITY };
    for (const [index, each] of bounds.entries()) {
      const read = readBound(each, isList ? [index] : [], report);
      if (read === undefined) return undefined;
      range = { min: Math.max(range.min, read.min), max: Math.min(range.max, read.max) };
    }
    if (range.min <= range.max) return range;
    return report({ code: 'E_RANGE', message: 'no context is within these bounds' });
  },
);

function readBound(
  input: unknown,
  path: readonly number[],
  report: Report,
): TokenRange | undefined {
  const [, sign, amount] =
    /^(<=?|>=?) *(.+)$/.exec(typeof input === 'string' ? input.trim() : '') ?? [];
  if (sign === undefined)
    return report({
      code: 'E_VALUE',
      message: `expected a bound such as "< 128k" or ">= 128k", found ${describeFound(input)}`,
      path,
    });
  const count = readPart(tokens, amount, path, report);
  if (count === undefined) return undefined;
  if (sign.startsWith('<')) return { min: 0, max: sign === '<' ? count - 1 : count };
  return { min: sign === '>' ? count + 1 : count, max: Number.POSITIVE_INFINITY };
}

const ruleKeys = fields({
  when: fields({
    interactive: flag.optional().describe('A human waits for the answer.'),
    role: id.optional().describe('Model role.'),
    label: id.optional().describe('Label of an infer step.'),
    population: id.optional(),
    contextTokens: contextTokens.optional().describe('Tokens of the prompt, prefix included.'),
  })
    .optional()
    .describe('All of these hold; without it the rule always applies.'),
  prefer: oneOrMore('a pool or a list of them', id)
    .optional()
    .describe('Pools, best first; with a policy, those that it chooses from (default all).'),
  policy: choice('a placement policy', placementPolicies)
    .optional()
    .describe('Chooses among the pools by what a call is expected to take and cost there.'),
  target: positiveDurationMs
    .optional()
    .describe('cheapest-that-meets, cost-per-flow: how long a call may take (default 10s).'),
  spillAt: fields({
    queueTime: durationMs
      .optional()
      .describe('Age of the request first in line at the least loaded replica.'),
    waiting: numberSchema({ name: 'a count', min: 0, max: 1e9 })
      .optional()
      .describe('Waiting requests per replica, on average.'),
    wait: positiveDurationMs
      .optional()
      .describe('Expected time until the prompt is computed: queue and what is not cached there.'),
  })
    .optional()
    .describe('A pool is passed over while any of these is reached; the last never is.'),
});

type WrittenRule = z.infer<typeof ruleKeys>;

/** One rule of `placement:`. */
export const placementRuleSchema = inputSchema<WrittenRule>(
  { name: 'placementRule', about: 'a placement rule', anyOf: () => [ruleKeys] },
  (input, report) => {
    const rule = readPart(ruleKeys, input, [], report);
    if (rule === undefined) return undefined;
    const { policy, prefer, target, spillAt } = rule;
    if (policy === undefined && prefer === undefined)
      report({ code: 'E_REQUIRED', message: 'missing', path: ['prefer'] });
    if (target !== undefined && (policy === undefined || policy === 'fastest'))
      report({
        code: 'E_KEY',
        message: 'only cheapest-that-meets and cost-per-flow have a target',
        path: ['target'],
        atKey: true,
      });
    if (spillAt !== undefined && policy !== undefined)
      report({
        code: 'E_KEY',
        message: `${policy} looks at queues itself: it has no spillAt`,
        path: ['spillAt'],
        atKey: true,
      });
    return rule;
  },
);
