import type { z } from 'zod';
import { describeFound, inputSchema, type Report, readPart } from './inputSchema.js';

/** An item of a list that could be read, with its index in the file. */
export interface ListItem<Item> {
  readonly index: number;
  readonly value: Item;
}

/** Reads the items of a list one by one: a bad one is reported and left out. Undefined input is an empty list. */
export function readItems<Item>(
  schema: z.ZodType<Item>,
  input: unknown,
  path: readonly string[],
  report: Report,
): ListItem<Item>[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) {
    report({ code: 'E_TYPE', message: `expected a list, found ${describeFound(input)}`, path });
    return [];
  }
  if (input.length > maxItems) {
    report({ code: 'E_LIMIT', message: `more than ${maxItems} items`, path });
    return [];
  }
  return input.flatMap((item, index) => {
    const value = readPart(schema, item, [...path, index], report);
    return value === undefined ? [] : [{ index, value }];
  });
}

const maxItems = 10_000;

/** One value, or a list of them without repetition: `serves: chat` or `serves: [chat, api]`. */
export function oneOrMore(about: string, schema: z.ZodType<string>): z.ZodType<string[]> {
  const form = { name: '', about, anyOf: () => [schema, schema.array().min(1)] };
  return inputSchema(form, (input, report) => {
    const list: unknown[] = Array.isArray(input) ? input : [input];
    if (list.length === 0)
      return report({ code: 'E_REQUIRED', message: `expected ${about}, found an empty list` });
    const isList = Array.isArray(input);
    const values: string[] = [];
    list.forEach((item, index) => {
      const path = isList ? [index] : [];
      const value = readPart(schema, item, path, report);
      if (value !== undefined && values.includes(value))
        report({ code: 'E_DUP_ID', message: `${value} is named twice`, path });
      if (value !== undefined) values.push(value);
    });
    return values;
  });
}
