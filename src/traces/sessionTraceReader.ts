import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import type { ByteLines } from './byteLines.js';
import { type KnownColumns, readCsvHeader } from './csvHeader.js';
import { readRows } from './readRows.js';
import { SessionRows } from './sessionRows.js';
import type { TraceMistakes } from './traceMistakes.js';

/** What the columns of a session trace are for. */
export type SessionRole =
  | 'session'
  | 'agent'
  | 'turn'
  | 'time'
  | 'promptTokens'
  | 'outputTokens'
  | 'sharedTokens'
  | 'durationTime'
  | 'gapTime'
  | 'stop';

const roles = new Map<string, SessionRole | 'unused'>([
  ['trace', 'session'],
  ['agent', 'agent'],
  ['turn', 'turn'],
  ['t_s', 'time'],
  ['input_tokens', 'promptTokens'],
  ['output_tokens', 'outputTokens'],
  ['cached_prefix_tokens', 'sharedTokens'],
  ['api_time_s', 'durationTime'],
  ['think_time_s', 'gapTime'],
  ['stop', 'stop'],
  // A replay asks what other models on other hardware would do.
  ['model', 'unused'],
]);

const required = new Map<SessionRole, string>([
  ['session', 'trace'],
  ['time', 't_s'],
  ['promptTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['sharedTokens', 'cached_prefix_tokens'],
]);

const columns: KnownColumns<SessionRole> = {
  roleOf: (name) => roles.get(name),
  required: () => required,
};

/** Whether the current line, the first of a file, names the column that only session traces have. */
export function namesSessionColumns(lines: ByteLines): boolean {
  const line = lines.buffer.toString('latin1', lines.start, lines.end);
  return line.split(',').some((name) => name.replaceAll('"', '') === 'cached_prefix_tokens');
}

/** Reads a CSV trace of sessions whose header is the current line. `undefined`, with the mistakes noted, when it has any. */
export function readSessionTrace(
  lines: ByteLines,
  name: string,
  mistakes: TraceMistakes,
): SessionTrace | undefined {
  const header = readCsvHeader(lines, columns, mistakes);
  if (header === undefined) return undefined;
  const rows = new SessionRows(lines, header, mistakes);
  if (lines.next()) readRows(lines, rows.builder, mistakes, () => rows.addCurrentLine());
  return mistakes.isEmpty ? rows.builder.finish(name, mistakes) : undefined;
}
