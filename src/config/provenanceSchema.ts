import type { z } from 'zod';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { describeFound, inputSchema } from './inputSchema.js';
import { label } from './labelSchema.js';

/** How a number came about, from a data sheet to a guess. */
export const provenanceKinds = ['spec', 'measured', 'derived', 'estimate', 'assumption'] as const;

/** A year, month or day: 2026, 2026-03 or 2026-03-11 (a bare year in quotes). */
export const sourceDate: z.ZodType<string> = inputSchema(
  {
    name: 'date',
    about: 'a date such as 2026-03 or 2026-03-11',
    json: { type: 'string', pattern: '^\\d{4}(-\\d{2}){0,2}$' },
  },
  (input, report) =>
    typeof input === 'string' && /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/.test(input)
      ? input
      : report({
          code: 'E_VALUE',
          message: `expected a date such as 2026-03, found ${describeFound(input)}`,
          hint: 'Write a bare year in quotes: "2026"',
        }),
);

/** What every number of a profile carries, or the mapping around it: keys to put beside the numbers. */
export const provenance = {
  kind: choice('how a number came about', provenanceKinds).describe(
    'spec: data sheet; measured; derived: arithmetic on sourced numbers; estimate: by others; assumption: ours.',
  ),
  source: label.describe('Where the numbers come from; for an assumption, why.'),
  date: sourceDate.optional().describe('When measured or published.'),
};

/** One number with its provenance: `{ value: 3.35 TB/s, kind: spec, source: … }`. */
export function sourced<Value>(value: z.ZodType<Value>) {
  return fields({ value, ...provenance });
}
