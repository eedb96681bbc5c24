import { isUtf8 } from 'node:buffer';
import type { ByteLines } from './byteLines.js';
import { CsvFields } from './csvFields.js';
import { quoted, type TraceMistakes } from './traceMistakes.js';

/** The columns that the first line of a CSV trace names. */
export interface CsvHeader<Role extends string> {
  readonly names: readonly string[];
  /** Place of each column that has a role, from 0. */
  readonly found: ReadonlyMap<Role, number>;
}

/** The columns that a format knows. */
export interface KnownColumns<Role extends string> {
  /** What a column is for; `undefined` when it is not known. */
  roleOf(name: string): Role | 'unused' | undefined;
  /** Roles that may not be missing, with the name of their column. */
  required(names: readonly string[]): ReadonlyMap<Role, string>;
}

/** Reads the header, the current line. `undefined`, with the mistakes noted, when columns are missing or doubled. */
export function readCsvHeader<Role extends string>(
  lines: ByteLines,
  { roleOf, required }: KnownColumns<Role>,
  mistakes: TraceMistakes,
): CsvHeader<Role> | undefined {
  const fields = new CsvFields();
  if (!isReadable(lines, fields, mistakes)) return undefined;
  const names: string[] = [];
  const found = new Map<Role, number>();
  for (let i = 0; i < fields.count; i++) {
    const [start, end] = [fields.starts[i]!, fields.ends[i]!];
    const name = lines.buffer.toString('utf8', start, end);
    names.push(name);
    const role = roleOf(name);
    if (role === undefined || role === 'unused') continue;
    const earlier = found.get(role);
    if (earlier === undefined) found.set(role, i);
    else {
      const message = `column ${quoted(name)} gives the same as column ${quoted(names[earlier]!)}`;
      mistakes.inLine(lines, start, end, 'E_HEADER', message, 'Keep one of them');
    }
  }
  noteMissing(lines, names, found, required(names), mistakes);
  if (!mistakes.isEmpty) return undefined;
  const unknown = names.filter((name) => roleOf(name) === undefined);
  if (unknown.length > 0) {
    const listed = unknown.slice(0, 8).map(quoted).join(', ');
    mistakes.warn(1, 'W_COLUMN', `columns that are not used: ${listed}`);
  }
  return { names, found };
}

function isReadable(lines: ByteLines, fields: CsvFields, mistakes: TraceMistakes): boolean {
  if (lines.isTooLong || fields.split(lines.buffer, lines.start, lines.end) !== 'fine') {
    mistakes.ofLine(lines, 'E_HEADER', 'the first line does not name columns');
    return false;
  }
  if (fields.hasNonAscii && !isUtf8(lines.buffer.subarray(lines.start, lines.end))) {
    mistakes.ofLine(lines, 'E_ENCODING', 'the line is not UTF-8', 'Save the file as UTF-8');
    return false;
  }
  if (fields.count > fields.starts.length) {
    mistakes.ofLine(lines, 'E_HEADER', `more than ${fields.starts.length} columns`);
    return false;
  }
  return true;
}

function noteMissing<Role extends string>(
  lines: ByteLines,
  names: readonly string[],
  found: ReadonlyMap<Role, number>,
  required: ReadonlyMap<Role, string>,
  mistakes: TraceMistakes,
): void {
  const missing = [...required].filter(([role]) => !found.has(role));
  if (missing.length === 0) return;
  const separators = names.some((name) => name.includes(';') || name.includes('\t'));
  const hint = separators
    ? 'Separate the columns with commas'
    : `The first line must name the columns: ${[...required.values()].join(',')}`;
  const listed = missing.map(([, name]) => `"${name}"`).join(', ');
  const noun = missing.length === 1 ? 'column' : 'columns';
  mistakes.ofLine(lines, 'E_HEADER', `missing ${noun} ${listed}`, hint);
}
