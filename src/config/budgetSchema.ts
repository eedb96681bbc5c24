import { z } from 'zod';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema } from './inputSchema.js';

const quantile = inputSchema<number>(
  {
    name: '',
    about: 'a quantile such as 0.95 or 95%',
    json: {
      anyOf: [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: 'string' }],
    },
  },
  (input, report) => {
    const text = typeof input === 'string' ? input : '';
    const [, percent] = /^(\d+(?:\.\d+)?) *%$/.exec(text) ?? [];
    const share = percent === undefined ? input : Number(`${percent}e-2`);
    if (typeof share === 'number' && share > 0 && share < 1) return share;
    const message = `a quantile must be between 0 and 1, both excluded, found ${describeFound(input)}`;
    return report({ code: 'E_STAT', message });
  },
);

/** A bound whose unit depends on the metric, so that it is read once the metric is known. */
const bound = z.unknown().optional();

/** One entry of `budgets:`. */
export const budgetSchema = fields({
  metric: id.describe('What is judged; `inflow explain` lists all metrics.'),
  quantile: quantile.optional().describe('Without it: the mean, ratio, rate or count.'),
  min: bound.describe('Smallest value that is still good, with its unit.'),
  max: bound.describe('Largest value that is still good, with its unit.'),
  population: id.optional().describe('Population that it is about.'),
  pool: id.optional().describe('Pool that it is about.'),
  level: choice('a level', ['fail', 'warn'])
    .default('fail')
    .describe('warn: reported, but fails nothing.'),
});
