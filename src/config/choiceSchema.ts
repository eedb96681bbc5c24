import type { z } from 'zod';
import { describeFound, inputSchema } from './inputSchema.js';
import { suggestion } from './nearestName.js';

/** One of a few words. @param about what is chosen, with its article: "a router". */
export function choice<const Words extends readonly string[]>(
  about: string,
  words: Words,
): z.ZodType<Words[number]> {
  const form = { name: '', about: `${about}: ${words.join(', ')}`, json: { enum: words } };
  return inputSchema<Words[number]>(form, (input, report) => {
    if (typeof input === 'string' && words.includes(input)) return input;
    const hint = suggestion(typeof input === 'string' ? input : '', words);
    return report({
      code: 'E_VALUE',
      message: `expected ${about}, found ${describeFound(input)}`,
      ...(hint === undefined ? {} : { hint }),
    });
  });
}

/** true or false. YAML 1.2 reads yes, no, on and off as text, so they are refused. */
export const flag: z.ZodType<boolean> = inputSchema(
  { name: '', about: 'true or false', json: { type: 'boolean' } },
  (input, report) =>
    typeof input === 'boolean'
      ? input
      : report({
          code: 'E_TYPE',
          message: `expected true or false, found ${describeFound(input)}`,
        }),
);
