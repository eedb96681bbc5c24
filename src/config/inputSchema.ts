import { z } from 'zod';

/** One thing wrong with a value, told by the schema that read it. */
export interface Finding {
  /** Stable code, E_…, of the kind of mistake. */
  readonly code: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Place below the value; empty: the value itself. */
  readonly path?: readonly (string | number)[];
  /** Points at the key instead of at its value. */
  readonly atKey?: boolean;
}

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
    const { code, hint, atKey } = findingOf(issue);
    const place = [...path, ...(issue.path as (string | number)[])];
    report({
      code,
      message: issue.message,
      path: place,
      ...(hint === undefined ? {} : { hint }),
      ...(atKey === undefined ? {} : { atKey }),
    });
  }
  return undefined;
}

/** The finding behind an issue of zod; zod's own checks of types get the code E_TYPE. */
export function findingOf(issue: z.core.$ZodIssue): Finding {
  const path = issue.path as (string | number)[];
  if (issue.code === 'custom' && issue.params !== undefined)
    return { ...(issue.params as { code: string }), message: issue.message, path };
  return { code: 'E_TYPE', message: issue.message, path };
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
