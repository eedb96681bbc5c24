import type { z } from 'zod';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { label } from './labelSchema.js';
import { suggestion } from './nearestName.js';
import { usdPerHour } from './quantity.js';

/** Prices that a hardware profile may carry. */
export const priceBases = ['on-demand', 'reserved', 'owned'] as const;
export type PriceBasis = (typeof priceBases)[number];

export const priceBasis = choice('a price of a hardware profile', priceBases);

/** What an accelerator or server costs: a price of its profile, a figure, or nothing known. */
export type Price =
  | { readonly kind: 'profile'; readonly basis: PriceBasis }
  | {
      readonly kind: 'written';
      readonly usdPerHour: number;
      /** What the figure is comparable with; undefined: not said. */
      readonly basis?: PriceBasis | undefined;
      /** Why the figure is what it is, where nobody published one. */
      readonly assumption?: string;
    }
  | { readonly kind: 'none' };

const assumed = fields({
  value: usdPerHour.describe('The figure.'),
  assumption: label.describe('Why it is what it is: reports repeat it.'),
  basis: priceBasis.optional().describe('Which prices of other hardware it is comparable with.'),
});

const words = { type: 'string', examples: [...priceBases, 'none', '3.2 USD/h'] };

/** `price: on-demand`, `price: 3.2 USD/h`, `price: none` or `price: { value: 42 USD/h, assumption: … }`. */
export const priceSchema: z.ZodType<Price> = inputSchema<Price>(
  {
    name: 'price',
    about: 'a price: on-demand, reserved, owned, none, or a figure such as 3.2 USD/h',
    anyOf: () => [
      inputSchema({ name: '', about: 'a price', json: words }, () => undefined),
      assumed,
    ],
  },
  (input, report) => {
    if (!isMapping(input)) return priceOfText(input, report);
    const found = readPart(assumed, input, [], report);
    if (found === undefined) return undefined;
    const { value, assumption, basis } = found;
    return { kind: 'written', usdPerHour: value, assumption, basis };
  },
);

function priceOfText(input: unknown, report: Report): Price | undefined {
  const basis = priceBases.find((name) => name === input);
  if (basis !== undefined) return { kind: 'profile', basis };
  if (input === 'none') return { kind: 'none' };
  const nearest =
    typeof input === 'string' && /^[a-z]/i.test(input)
      ? suggestion(input, [...priceBases, 'none'])
      : undefined;
  if (nearest !== undefined)
    return report({ code: 'E_VALUE', message: `"${input}" is not a price`, hint: nearest });
  const figure = readPart(usdPerHour, input, [], report);
  return figure === undefined ? undefined : { kind: 'written', usdPerHour: figure };
}
