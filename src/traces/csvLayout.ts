import { isUtf8 } from 'node:buffer';
import type { ByteLines } from './byteLines.js';
import { CsvFields } from './csvFields.js';
import { quoted, type TraceMistakes } from './traceMistakes.js';
import type { TraceFormat } from './traceReading.js';

/** How a column gives the time of arrival. */
export type TimeKind = 'seconds' | 'ms' | 'timestamp';

/** Where the columns of a CSV trace are, counted from 0; −1 for a column that is not there. */
export interface CsvLayout {
  readonly names: readonly string[];
  readonly time: number;
  readonly timeKind: TimeKind;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly requestId: number;
  readonly hashes: number;
  /** Tokens per block hash, `undefined` without hashes. */
  readonly blockTokens: number | undefined;
}

type Role = 'time' | 'promptTokens' | 'outputTokens' | 'requestId' | 'hashes' | 'unused';

/** Column names of both formats. The second name of a role is what other tools write. */
const roles = new Map<string, Role>([
  ['arrival_s', 'time'],
  ['arrival_ms', 'time'],
  ['timestamp_s', 'time'],
  ['timestamp_ms', 'time'],
  ['TIMESTAMP', 'time'],
  ['input_tokens', 'promptTokens'],
  ['in_tokens', 'promptTokens'],
  ['ContextTokens', 'promptTokens'],
  ['output_tokens', 'outputTokens'],
  ['out_tokens', 'outputTokens'],
  ['GeneratedTokens', 'outputTokens'],
  ['request_id', 'requestId'],
  // A statistic of the hashes, recomputed from them.
  ['prefix_hit_tokens_infinite_cache', 'unused'],
]);

const requiredNames = {
  inflow: { time: 'arrival_s', promptTokens: 'input_tokens', outputTokens: 'output_tokens' },
  azure: { time: 'TIMESTAMP', promptTokens: 'ContextTokens', outputTokens: 'GeneratedTokens' },
};

const maxBlockTokens = 65_536;

/** Reads the header, the current line. `undefined`, with the mistakes noted, when columns are missing or doubled. */
export function readCsvLayout(
  lines: ByteLines,
  format: TraceFormat,
  mistakes: TraceMistakes,
): CsvLayout | undefined {
  const header = new CsvFields();
  if (lines.isTooLong || header.split(lines.buffer, lines.start, lines.end) !== 'fine') {
    mistakes.ofLine(lines, 'E_HEADER', 'the first line does not name columns');
    return undefined;
  }
  if (header.hasNonAscii && !isUtf8(lines.buffer.subarray(lines.start, lines.end))) {
    mistakes.ofLine(lines, 'E_ENCODING', 'the line is not UTF-8', 'Save the file as UTF-8');
    return undefined;
  }
  if (header.count > header.starts.length) {
    mistakes.ofLine(lines, 'E_HEADER', `more than ${header.starts.length} columns`);
    return undefined;
  }
  const names: string[] = [];
  const found = new Map<Role, number>();
  const before = mistakes.mistakes.length;
  for (let i = 0; i < header.count; i++) {
    const [start, end] = [header.starts[i]!, header.ends[i]!];
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
  noteMissing(lines, format, names, found, mistakes);
  return mistakes.mistakes.length === before ? layoutOf(names, found, mistakes) : undefined;
}

function noteMissing(
  lines: ByteLines,
  format: TraceFormat,
  names: readonly string[],
  found: ReadonlyMap<Role, number>,
  mistakes: TraceMistakes,
): void {
  const wanted = format === 'azure' || names.includes('TIMESTAMP') ? 'azure' : 'inflow';
  const required = requiredNames[wanted];
  const separators = names.some((name) => name.includes(';') || name.includes('\t'));
  const hint = separators
    ? 'Separate the columns with commas'
    : `The first line must name the columns: ${Object.values(required).join(',')}`;
  const missing = Object.entries(required).filter(([role]) => !found.has(role as Role));
  if (missing.length === 0) return;
  const listed = missing.map(([, name]) => `"${name}"`).join(', ');
  const noun = missing.length === 1 ? 'column' : 'columns';
  mistakes.ofLine(lines, 'E_HEADER', `missing ${noun} ${listed}`, hint);
}

function layoutOf(
  names: readonly string[],
  found: ReadonlyMap<Role, number>,
  mistakes: TraceMistakes,
): CsvLayout {
  const unknown = names.filter((name) => roleOf(name) === undefined);
  if (unknown.length > 0) {
    const listed = unknown.slice(0, 8).map(quoted).join(', ');
    mistakes.warn(1, 'W_COLUMN', `columns that are not used: ${listed}`);
  }
  const place = (role: Role) => found.get(role) ?? -1;
  const hashes = place('hashes');
  return {
    names,
    time: place('time'),
    timeKind: timeKindOf(names[place('time')]!),
    promptTokens: place('promptTokens'),
    outputTokens: place('outputTokens'),
    requestId: place('requestId'),
    hashes,
    blockTokens: hashes < 0 ? undefined : hashBlockTokens(names[hashes]!),
  };
}

function roleOf(name: string): Role | undefined {
  return hashBlockTokens(name) === undefined ? roles.get(name) : 'hashes';
}

/** 512 for `hash_ids_512`; `undefined` for any other name. */
function hashBlockTokens(name: string): number | undefined {
  const digits = /^hash_ids_([1-9]\d{0,4})$/.exec(name)?.[1];
  if (digits === undefined || Number(digits) > maxBlockTokens) return undefined;
  return Number(digits);
}

function timeKindOf(name: string): TimeKind {
  if (name === 'TIMESTAMP') return 'timestamp';
  return name.endsWith('_ms') ? 'ms' : 'seconds';
}
