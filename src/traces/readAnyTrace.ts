import { basename } from 'node:path';
import { ByteLines } from './byteLines.js';
import { readCsvTrace } from './csvTrace.js';
import { readMooncakeTrace } from './mooncakeTrace.js';
import { openTrace, unreadableTrace } from './openTrace.js';
import { namesSessionColumns, readSessionTrace } from './sessionTraceReader.js';
import { TraceMistakes } from './traceMistakes.js';
import type { RecordedTrace, TraceFormat, TraceReading } from './traceReading.js';

const openBrace = 0x7b;

/**
 * Reads a trace of requests or of sessions from a plain or gzip file (formats: docs/traces.md). Never
 * throws for what the file holds or lacks: all its mistakes come back as data, up to 20.
 * @param shownName the file as messages name it.
 */
export function readAnyTrace(
  file: string,
  format: TraceFormat = 'auto',
  shownName = file,
): TraceReading<RecordedTrace> {
  const mistakes = new TraceMistakes(shownName);
  const opened = openTrace(file);
  if (!opened.ok) return refused(opened, mistakes);
  try {
    const lines = new ByteLines(opened.read);
    const trace = readLines(lines, traceName(file), format, mistakes);
    return trace === undefined
      ? { ok: false, exitCode: 2, mistakes: mistakes.mistakes }
      : { ok: true, trace, warnings: mistakes.warnings };
  } catch (error) {
    // The disk may fail in the middle; anything else is a bug and goes on up.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return refused(unreadableTrace(error), mistakes);
  } finally {
    opened.close();
  }
}

function readLines(
  lines: ByteLines,
  name: string,
  format: TraceFormat,
  mistakes: TraceMistakes,
): RecordedTrace | undefined {
  if (!lines.next()) {
    mistakes.ofFile('E_EMPTY', 'the file is empty');
    return undefined;
  }
  if (format === 'sessions' || (format === 'auto' && namesSessionColumns(lines))) {
    const sessions = readSessionTrace(lines, name, mistakes);
    return sessions && { kind: 'sessions', sessions };
  }
  const isJson = format === 'auto' && lines.buffer[lines.start] === openBrace;
  const requests =
    isJson || format === 'mooncake'
      ? readMooncakeTrace(lines, name, mistakes)
      : readCsvTrace(lines, name, format, mistakes);
  return requests && { kind: 'requests', requests };
}

function refused(
  refusal: ReturnType<typeof unreadableTrace>,
  mistakes: TraceMistakes,
): TraceReading<RecordedTrace> {
  mistakes.ofFile(refusal.code, refusal.message, refusal.hint);
  return { ok: false, exitCode: refusal.exitCode, mistakes: mistakes.mistakes };
}

/** File name without the endings that say how it is stored. */
function traceName(file: string): string {
  return basename(file).replace(/(\.(csv|jsonl|json))?(\.gz)?$/i, '');
}
