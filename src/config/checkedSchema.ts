import type { z } from 'zod';
import { inputSchema, type Report, readPart } from './inputSchema.js';

/**
 * A schema and a check across its fields, run on values that the schema accepts.
 *
 * @param about what the value is, with its article
 */
export function checked<Value>(
  about: string,
  schema: z.ZodType<Value>,
  check: (value: Value, report: Report) => void,
): z.ZodType<Value> {
  return inputSchema({ name: '', about, anyOf: () => [schema] }, (input, report) => {
    const value = readPart(schema, input, [], report);
    if (value !== undefined) check(value, report);
    return value;
  });
}
