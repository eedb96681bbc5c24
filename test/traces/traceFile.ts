import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrace } from '../../src/traces/readTrace.js';
import type { TraceFormat, TraceReading } from '../../src/traces/traceReading.js';

/** Reads this content as a trace, by way of a temporary file. */
export function readContent(
  content: string | Uint8Array,
  format: TraceFormat = 'auto',
  name = 'trace.csv',
): TraceReading {
  const folder = mkdtempSync(join(tmpdir(), 'inflow-trace-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, content);
    return readTrace(file, format, name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The columns of a trace that was read without mistakes, as plain lists. */
export function columnsOf(reading: TraceReading) {
  if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes, undefined, 1));
  const { arrivalMs, promptTokens, outputTokens, blockHashes } = reading.trace;
  return {
    arrivalMs: [...arrivalMs],
    promptTokens: [...promptTokens],
    outputTokens: [...outputTokens],
    hashes: blockHashes && { ids: [...blockHashes.ids], offsets: [...blockHashes.offsets] },
  };
}

/** What was found wrong, as `line:column code message`. */
export function complaints(reading: TraceReading): string[] {
  const found = reading.ok ? reading.warnings : reading.mistakes;
  return found.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}
