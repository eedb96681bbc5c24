import type { z } from 'zod';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { suggestion } from './nearestName.js';

/**
 * A mapping whose field `tag` says which of several schemas it follows. Only that schema's mistakes are
 * reported.
 *
 * @param about what the mapping is, with its article: "a cost model"
 */
export function tagged<Variant>(
  about: string,
  tag: string,
  variants: Readonly<Record<string, z.ZodType<Variant>>>,
): z.ZodType<Variant> {
  const words = Object.keys(variants);
  const form = { name: '', about, anyOf: () => [...new Set(Object.values(variants))] };
  return inputSchema(form, (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected ${about}, found ${describeFound(input)}`,
      });
    const word = input[tag];
    const schema =
      typeof word === 'string' && Object.hasOwn(variants, word) ? variants[word] : undefined;
    if (schema !== undefined) return readPart(schema, input, [], report);
    const message =
      word === undefined
        ? `missing: ${tag}, one of ${words.join(', ')}`
        : `expected ${words.join(' or ')}, found ${describeFound(word)}`;
    const hint = suggestion(typeof word === 'string' ? word : '', words);
    return report({
      code: word === undefined ? 'E_REQUIRED' : 'E_VALUE',
      message,
      path: word === undefined ? [] : [tag],
      ...(hint === undefined ? {} : { hint }),
    });
  });
}
