import type { z } from 'zod';
import { inputSchema, readPart } from './inputSchema.js';
import { suggestion } from './nearestName.js';
import { usdPerHour } from './quantity.js';

/** Prices that a hardware profile may carry. */
export const priceBases = ['on-demand', 'reserved', 'owned'] as const;
export type PriceBasis = (typeof priceBases)[number];

/** What an accelerator or server costs: a price of its profile, a figure, or nothing known. */
export type Price =
  | { readonly kind: 'profile'; readonly basis: PriceBasis }
  | { readonly kind: 'written'; readonly usdPerHour: number }
  | { readonly kind: 'none' };

/** `price: on-demand`, `price: 3.2 USD/h` or `price: none`. */
export const priceSchema: z.ZodType<Price> = inputSchema(
  {
    name: 'price',
    about: 'a price: on-demand, reserved, owned, none, or a figure such as 3.2 USD/h',
    json: { type: 'string', examples: [...priceBases, 'none', '3.2 USD/h'] },
  },
  (input, report) => {
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
  },
);
