import { isUtf8 } from 'node:buffer';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import type { ByteLines } from './byteLines.js';
import { hashCountProblem } from './hashCountProblem.js';
import { readRows } from './readRows.js';
import { TraceBuilder } from './traceBuilder.js';
import { traceLimits } from './traceLimits.js';
import type { TraceMistakes } from './traceMistakes.js';

/** Tokens per hash in the public Mooncake traces. */
const blockTokens = 512;
const requiredKeys = ['timestamp', 'input_length', 'output_length', 'hash_ids'];

/**
 * Reads JSON lines as Mooncake publishes them (`timestamp` in ms, `input_length`, `output_length`,
 * `hash_ids`), from the current line on. Other keys are ignored. `undefined`, with the mistakes noted, when it has any.
 */
export function readMooncakeTrace(
  lines: ByteLines,
  name: string,
  mistakes: TraceMistakes,
): RequestTrace | undefined {
  const builder = new TraceBuilder(blockTokens);
  const warned = { precision: false };
  readRows(lines, builder, mistakes, () => addLine(lines, builder, mistakes, warned));
  return mistakes.isEmpty ? builder.finish(name, mistakes) : undefined;
}

function addLine(
  lines: ByteLines,
  builder: TraceBuilder,
  mistakes: TraceMistakes,
  warned: { precision: boolean },
): void {
  const record = parsedLine(lines, mistakes);
  if (record === undefined) return;
  const fields = new JsonFields(record, lines, mistakes);
  if (fields.lackSome()) return;
  const timestampMs = fields.number('timestamp', Number.MAX_VALUE, false);
  const promptTokens = fields.number('input_length', traceLimits.maxTokens, true);
  const outputTokens = fields.number('output_length', traceLimits.maxTokens, true);
  const hashes = fields.hashes(promptTokens);
  if (timestampMs > Number.MAX_SAFE_INTEGER && !warned.precision) {
    warned.precision = true;
    const message = 'timestamp is above 2^53: a JSON number that large loses its last digits';
    mistakes.warn(lines.line, 'W_PRECISION', message, 'Write times in ms, not in ns since 1970');
  }
  if (!mistakes.isEmpty) return;
  for (const id of hashes) builder.addHash(id);
  builder.addRow(timestampMs, promptTokens, outputTokens);
}

function parsedLine(lines: ByteLines, mistakes: TraceMistakes): object | undefined {
  const bytes = lines.buffer.subarray(lines.start, lines.end);
  if (!isUtf8(bytes)) {
    mistakes.ofLine(lines, 'E_ENCODING', 'the line is not UTF-8', 'Save the file as UTF-8');
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    mistakes.ofLine(lines, 'E_ROW', 'expected a JSON object');
  } catch {
    if (lines.isTerminated) mistakes.ofLine(lines, 'E_ROW', 'the line is not valid JSON');
    else {
      const hint = 'Its writer stopped in the middle: delete the line to use the rest';
      mistakes.ofLine(lines, 'E_ROW', 'truncated: the last line is not complete JSON', hint);
    }
  }
  return undefined;
}

/** The fields of one line, checked one by one. */
class JsonFields {
  private readonly record: object;
  private readonly lines: ByteLines;
  private readonly mistakes: TraceMistakes;

  constructor(record: object, lines: ByteLines, mistakes: TraceMistakes) {
    this.record = record;
    this.lines = lines;
    this.mistakes = mistakes;
  }

  /** Notes in one mistake which keys are not there. */
  lackSome(): boolean {
    const missing = requiredKeys.filter((key) => this.value(key) === undefined);
    if (missing.length === 0) return false;
    const listed = missing.map((key) => `"${key}"`).join(', ');
    this.mistakes.ofLine(this.lines, 'E_REQUIRED', `missing ${listed}`);
    return true;
  }

  /** A number from 0 to `max`, both included; NaN, with the mistake noted, when it is not. */
  number(key: string, max: number, isInteger: boolean): number {
    const value = this.value(key);
    const wanted = isInteger ? 'an integer' : 'a number';
    if (typeof value !== 'number' || (isInteger && !Number.isInteger(value)))
      this.refuse(key, 'E_NUMBER', `${key} is not ${wanted}`);
    else if (value < 0) this.refuse(key, 'E_RANGE', `${key} is ${value}; it must be at least 0`);
    else if (value > max) this.refuse(key, 'E_RANGE', `${key} is above the limit ${max}`);
    else return value;
    return Number.NaN;
  }

  /** The block hashes; empty, with the mistake noted, when they are not what the prompt needs. */
  hashes(promptTokens: number): readonly number[] {
    const value = this.value('hash_ids');
    if (!isHashList(value)) {
      const message = `hash_ids is not a list of integers from 0 to ${traceLimits.maxHashId}`;
      this.refuse('hash_ids', 'E_HASH', message);
    } else {
      const problem = hashCountProblem(value.length, promptTokens, blockTokens);
      if (problem === undefined || Number.isNaN(promptTokens)) return value;
      this.refuse('hash_ids', 'E_HASH', problem);
    }
    return [];
  }

  private value(key: string): unknown {
    return Object.getOwnPropertyDescriptor(this.record, key)?.value;
  }

  /** Points at the key, or at the whole line when the key is not there. */
  private refuse(key: string, code: string, message: string): void {
    const { buffer, start, end } = this.lines;
    const name = `"${key}"`;
    const at = buffer.indexOf(name, start);
    if (at < 0 || at + name.length > end) this.mistakes.ofLine(this.lines, code, message);
    else this.mistakes.inLine(this.lines, at, at + name.length, code, message);
  }
}

function isHashList(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((id) => Number.isInteger(id) && id >= 0 && id <= traceLimits.maxHashId)
  );
}
