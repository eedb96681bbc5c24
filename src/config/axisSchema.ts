import type { z } from 'zod';
import { checked } from './checkedSchema.js';
import type { Report } from './inputSchema.js';

/** An axis of a table: a list of at least one value, each above the one before. */
export function axis(value: z.ZodType<number>): z.ZodType<number[]> {
  return checked('a list of ascending values', value.array().min(1), (values, report) => {
    values.forEach((entry, index) => {
      if (index > 0 && !(entry > values[index - 1]!))
        report({
          code: 'E_RANGE',
          message: 'values along an axis must ascend',
          path: [index],
        });
    });
  });
}

/** Reports a list that does not have one entry per point of its axis. */
export function checkLength(
  list: readonly unknown[],
  points: number,
  path: readonly (string | number)[],
  report: Report,
): void {
  if (list.length === points) return;
  report({
    code: 'E_LENGTH',
    message: `expected ${points} entries, one per point of the axis, found ${list.length}`,
    path,
  });
}
