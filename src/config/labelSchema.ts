import type { z } from 'zod';
import { describeFound, inputSchema } from './inputSchema.js';

/** Line breaks, marks that change the direction of text, halves of characters: they forge what is printed. */
const forging =
  /[\u0000\n\r\u0085\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Free text for people: one line of up to 1,000 characters. Other control characters (such as those that
 * steer a terminal) become visible escapes.
 */
export const label: z.ZodType<string> = inputSchema(
  { name: '', about: 'text', json: { type: 'string', maxLength: 1000 } },
  (input, report) => {
    if (typeof input !== 'string')
      return report({ code: 'E_TYPE', message: `expected text, found ${describeFound(input)}` });
    const text = input.trim();
    if (text.length > 1000)
      return report({ code: 'E_LENGTH', message: 'text is longer than 1000 characters' });
    const found = forging.exec(text);
    if (found === null) return text.replace(/[\u0001-\u001f\u007f-\u009f]/g, visible);
    const name = `U+${hex(found[0])}`;
    return report({
      code: 'E_CTRL',
      message: `control character ${name} is not allowed in a label`,
    });
  },
);

function visible(character: string): string {
  return `\\u${hex(character)}`;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
