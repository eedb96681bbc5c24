import { z } from 'zod';
import type { Finding } from '../mistakes/finding.js';

/** Notes a finding. Its result, undefined, is what a reader returns when it cannot go on. */
export type Report = (finding: Finding) => undefined;

/** What an editor is told about the input of a schema: one entry of `definitions` in the JSON Schema. */
export interface InputForm {
  readonly name: string;
  readonly about: string;
  /** Keywords of JSON Schema, when they suffice. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Otherwise the zod schemas of which one must hold … */
  readonly anyOf?: () => readonly object[];
  /** … or the zod schema of every value of a mapping from ids. */
  readonly values?: () => object;
}

/** Forms of all schemas made here, for `writeSchemas`. */
export const inputForms = z.registry<InputForm>();

/**
 * A zod schema that reads its input by hand, because the choice between its notations, or its message,
 * is better than what a union says. Missing and empty values are told apart before `read` is called,
 * which gives undefined when it has reported why it cannot go on.
 */
export function inputSchema<Output>(
  form: InputForm,
  read: (input: unknown, report: Report) => Output | undefined,
): z.ZodType<Output> {
  const schema = z.unknown().transform((input, context): Output => {
    const report: Report = (finding) => {
      const { path = [], message, ...params } = finding;
      context.issues.push({ code: 'custom', message, input, path: [...path], params });
    };
    if (input === undefined) report({ code: 'E_REQUIRED', message: 'missing' });
    else if (input === null)
      report({ code: 'E_TYPE', message: `expected ${form.about}, found nothing` });
    else return read(input, report) ?? z.NEVER;
    return z.NEVER;
  });
  return schema.register(inputForms, form);
}

/** Reads a part of an input with another schema; its findings are reported below `path`. */
export function readPart<Output>(
  schema: z.ZodType<Output>,
  input: unknown,
  path: readonly (string | number)[],
  report: Report,
): Output | undefined {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const inner = issue.path as (string | number)[];
    report({ ...findingOf(issue, valueAt(input, inner)), path: [...path, ...inner] });
  }
  return undefined;
}

/** The finding behind an issue of zod about this value. */
function findingOf(issue: z.core.$ZodIssue, value: unknown): Finding {
  if (issue.code === 'custom' && issue.params !== undefined)
    return { ...(issue.params as { code: string }), message: issue.message };
  if (value === undefined) return { code: 'E_REQUIRED', message: 'missing' };
  if (issue.code === 'too_small') {
    const isEmpty = Array.isArray(value) && value.length === 0;
    const message = isEmpty ? 'the list is empty' : `expected ${issue.minimum} items`;
    return { code: 'E_REQUIRED', message };
  }
  if (issue.code === 'too_big')
    return { code: 'E_LIMIT', message: `more than ${issue.maximum} items` };
  const isList = issue.code === 'invalid_type' && issue.expected === 'array';
  const expected = isList ? 'a list' : 'a mapping';
  return { code: 'E_TYPE', message: `expected ${expected}, found ${describeFound(value)}` };
}

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value: unknown = input;
  for (const segment of path)
    value = Object.hasOwn(Object(value), segment)
      ? (value as Record<string | number, unknown>)[segment]
      : undefined;
  return value;
}

/** How an unexpected value is named in a message. */
export function describeFound(input: unknown): string {
  if (input === null || input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  if (typeof input === 'string') return `text "${shorten(input)}"`;
  return String(input);
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 37)}…`;
}

/** Whether the input is a mapping of keys to values. */
export function isMapping(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
