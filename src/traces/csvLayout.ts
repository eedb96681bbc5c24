import type { ByteLines } from './byteLines.js';
import { type CsvHeader, readCsvHeader } from './csvHeader.js';
import type { TraceMistakes } from './traceMistakes.js';
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

type Role = 'time' | 'promptTokens' | 'outputTokens' | 'requestId' | 'hashes';

/** Column names of both formats. The second name of a role is what other tools write. */
const roles = new Map<string, Role | 'unused'>([
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
  inflow: new Map<Role, string>([
    ['time', 'arrival_s'],
    ['promptTokens', 'input_tokens'],
    ['outputTokens', 'output_tokens'],
  ]),
  azure: new Map<Role, string>([
    ['time', 'TIMESTAMP'],
    ['promptTokens', 'ContextTokens'],
    ['outputTokens', 'GeneratedTokens'],
  ]),
};

const maxBlockTokens = 65_536;

/** Reads the header, the current line. `undefined`, with the mistakes noted, when columns are missing or doubled. */
export function readCsvLayout(
  lines: ByteLines,
  format: TraceFormat,
  mistakes: TraceMistakes,
): CsvLayout | undefined {
  const required = (names: readonly string[]) =>
    requiredNames[format === 'azure' || names.includes('TIMESTAMP') ? 'azure' : 'inflow'];
  const header = readCsvHeader(lines, { roleOf, required }, mistakes);
  return header && layoutOf(header);
}

function layoutOf({ names, found }: CsvHeader<Role>): CsvLayout {
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

function roleOf(name: string): Role | 'unused' | undefined {
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
