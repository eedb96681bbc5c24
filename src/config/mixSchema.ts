import { z } from 'zod';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { id, mapOf } from './idSchema.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { label } from './labelSchema.js';
import { oneOrMore } from './lists.js';
import { placementRuleSchema } from './placementSchema.js';
import { partialPools } from './poolSchema.js';
import { ratio } from './quantity.js';

/** A mapping as it stands in a file. */
export type Written = Readonly<Record<string, unknown>>;

const poolOverride = inputSchema<unknown>(
  {
    name: 'poolOverride',
    about: 'a pool, some keys of one, or null to take it out',
    anyOf: () => [...partialPools, z.null()],
  },
  (input) => input,
);

/** Pools are read once it is known what they inherit. */
const pools = inputSchema<Written>(
  { name: '', about: 'a mapping from name to a pool', values: () => poolOverride },
  (input, report) =>
    isMapping(input)
      ? input
      : report({
          code: 'E_TYPE',
          message: `expected a mapping from names, found ${describeFound(input)}`,
        }),
);

const rules = inputSchema<unknown>(
  { name: '', about: 'placement rules', anyOf: () => [placementRuleSchema.array()] },
  (input) => input,
);

const shared = {
  fleet: pools.optional().describe('Pools by name.'),
  placement: rules.optional().describe('Placement rules.'),
};

/** `defaults:` of an experiment with mixes. */
export const defaultsSchema = fields(shared);

/** One entry of `mixes:`. */
export const mixSchema = fields({
  about: label.optional().describe('What is different, in one line.'),
  extends: id.optional().describe('Another mix, of which this one says what is different.'),
  fleet: pools.optional().describe('Pools, or keys of inherited pools; null takes a pool out.'),
  placement: rules.optional().describe('Placement rules, instead of inherited ones.'),
});

export const mixesSchema = mapOf('a mix', mixSchema);

const ruleKeys = fields({
  by: choice('what is made equal', ['usdPerHour']).default('usdPerHour'),
  within: ratio.default(0.03).describe('Difference that still counts as equal (default 3%).'),
  adjust: oneOrMore('a pool or a list of them', id)
    .optional()
    .describe('Pools whose replicas are changed (default all engine pools).'),
});

/** How the prices of mixes are made equal. */
export type EqualiseRule = z.output<typeof ruleKeys>;

/** `equalise: usdPerHour`, or a mapping. */
export const equaliseSchema = inputSchema<EqualiseRule>(
  {
    name: 'equalise',
    about: 'usdPerHour, or { by: usdPerHour, within: 3%, adjust: [pools] }',
    anyOf: () => [z.literal('usdPerHour'), ruleKeys],
  },
  (input, report) => {
    if (isMapping(input)) return readPart(ruleKeys, input, [], report);
    if (input === 'usdPerHour') return ruleKeys.parse({});
    const message = `expected usdPerHour or a mapping, found ${describeFound(input)}`;
    return report({ code: 'E_VALUE', message });
  },
);
