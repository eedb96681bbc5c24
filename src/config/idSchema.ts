import type { z } from 'zod';
import type { Finding } from '../mistakes/finding.js';
import { describeFound, inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { keysInOrder } from './keyOrder.js';

/** Populations, pools, … of an experiment: generated files stay far below. */
const maxEntries = 1000;

const idPattern = /^[A-Za-z0-9._-]{1,128}$/;

/** A name of something in the simulated world; results use it as a file name. */
export const id: z.ZodType<string> = inputSchema(
  { name: '', about: 'a name', json: { type: 'string', pattern: idPattern.source } },
  (input, report) => {
    if (typeof input !== 'string')
      return report({ code: 'E_TYPE', message: `expected a name, found ${describeFound(input)}` });
    const problem = idProblem(input);
    return problem === undefined ? input : report(problem);
  },
);

/**
 * A mapping from names that the user chooses to values.
 * @param about what is named, with its article: "a pool".
 */
export function mapOf<Value>(
  about: string,
  schema: z.ZodType<Value>,
): z.ZodType<ReadonlyMap<string, Value>> {
  const form = { name: '', about: `a mapping from name to ${about}`, values: () => schema };
  return inputSchema(form, (input, report) => readEntries(schema, input, [], report));
}

/**
 * Reads the values of a mapping from names one by one, in the order of the file: a bad one is reported and left out. Names that
 * differ only in case are refused, because some file systems take them for one; so are more than `most`.
 */
export function readEntries<Value>(
  schema: z.ZodType<Value>,
  input: unknown,
  path: readonly string[],
  report: Report,
  most = maxEntries,
): Map<string, Value> {
  const values = new Map<string, Value>();
  if (!isMapping(input)) {
    const message = `expected a mapping from names, found ${describeFound(input)}`;
    report({ code: 'E_TYPE', message, path });
    return values;
  }
  if (Object.keys(input).length === 0)
    report({ code: 'E_REQUIRED', message: 'at least one entry is needed', path, atKey: true });
  const count = Object.keys(input).length;
  if (count > most) {
    const message = `${count} entries: at most ${most} are possible`;
    report({ code: 'E_LIMIT', message, path, atKey: true });
    return values;
  }
  const nameByLowerCase = new Map<string, string>();
  for (const name of keysInOrder(input)) {
    const twin = nameByLowerCase.get(name.toLowerCase());
    nameByLowerCase.set(name.toLowerCase(), name);
    const message = `"${twin}" and "${name}" differ only in case`;
    const problem =
      idProblem(name) ?? (twin === undefined ? undefined : { code: 'E_DUP_ID', message });
    if (problem !== undefined) report({ ...problem, path: [...path, name], atKey: true });
    const read = readPart(schema, input[name], [...path, name], report);
    if (read !== undefined) values.set(name, read);
  }
  return values;
}

function idProblem(text: string): Finding | undefined {
  if (/[^\u0020-\u007e]/.test(text)) return { code: 'E_ID', message: 'a name must be plain ASCII' };
  if (idPattern.test(text) && text !== '.' && text !== '..') return undefined;
  const message =
    text.length > 128
      ? 'a name has at most 128 characters'
      : 'a name may hold letters, digits, . _ - only';
  return { code: 'E_ID', message };
}
