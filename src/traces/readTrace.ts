import { readAnyTrace } from './readAnyTrace.js';
import { TraceMistakes } from './traceMistakes.js';
import type { TraceFormat, TraceReading } from './traceReading.js';

/** Reads a trace of requests as `readAnyTrace` does; one of sessions is a mistake. */
export function readTrace(
  file: string,
  format: TraceFormat = 'auto',
  shownName = file,
): TraceReading {
  const reading = readAnyTrace(file, format, shownName);
  if (!reading.ok) return reading;
  if (reading.trace.kind === 'requests') return { ...reading, trace: reading.trace.requests };
  const mistakes = new TraceMistakes(shownName);
  mistakes.ofFile(
    'E_FORMAT',
    'the file holds sessions of agents, not single requests',
    'Name a trace of requests',
  );
  return { ok: false, exitCode: 2, mistakes: mistakes.mistakes };
}
