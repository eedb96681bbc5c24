import type { z } from 'zod';
import { describeFound, inputSchema } from './inputSchema.js';

/** What a plain number, without a unit, may be. */
interface NumberKind {
  /** With its article: "a count". */
  readonly name: string;
  readonly min: number;
  /** The minimum itself is refused. */
  readonly aboveMin?: boolean;
  readonly max: number;
  readonly whole?: boolean;
  /** Code for values below the minimum; above the maximum it is E_LIMIT. */
  readonly rangeCode?: string;
}

/** A zod schema of plain numbers. Text that looks like a number is refused, as are −0, .nan and .inf. */
export function numberSchema(kind: NumberKind): z.ZodType<number> {
  const { name, min, max, whole = false, aboveMin = false, rangeCode = 'E_RANGE' } = kind;
  const bounds = aboveMin ? { exclusiveMinimum: min } : { minimum: min };
  const json = { type: whole ? 'integer' : 'number', ...bounds, maximum: max };
  return inputSchema({ name: '', about: name, json }, (input, report) => {
    const refuse = (code: string, expected: string) => {
      const found = Object.is(input, -0) ? '-0' : describeFound(input);
      return report({ code, message: `expected ${name}${expected}, found ${found}` });
    };
    if (typeof input !== 'number') return refuse('E_TYPE', '');
    if (!Number.isFinite(input)) return refuse('E_NUMBER', '');
    if (input < min || Object.is(input, -0) || (aboveMin && input === min))
      return refuse(rangeCode, aboveMin ? ` greater than ${min}` : ` of at least ${min}`);
    if (input > max) return refuse('E_LIMIT', ` of at most ${max}`);
    if (whole && !Number.isInteger(input)) return refuse('E_NUMBER', ' without a fraction');
    return input;
  });
}

/** A whole number from 1 up to a limit. */
export function countUpTo(max: number, name = 'a count'): z.ZodType<number> {
  return numberSchema({ name, min: 1, max, whole: true });
}
