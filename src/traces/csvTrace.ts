import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import type { ByteLines } from './byteLines.js';
import { readCsvLayout } from './csvLayout.js';
import { CsvRows } from './csvRows.js';
import { readRows } from './readRows.js';
import type { TraceMistakes } from './traceMistakes.js';
import type { TraceFormat } from './traceReading.js';

/** Reads a CSV trace whose header is the current line. `undefined`, with the mistakes noted, when it has any. */
export function readCsvTrace(
  lines: ByteLines,
  name: string,
  format: TraceFormat,
  mistakes: TraceMistakes,
): RequestTrace | undefined {
  const layout = readCsvLayout(lines, format, mistakes);
  if (layout === undefined) return undefined;
  const rows = new CsvRows(lines, layout, mistakes);
  if (lines.next()) readRows(lines, rows.builder, mistakes, () => rows.addCurrentLine());
  return mistakes.isEmpty ? rows.builder.finish(name, mistakes) : undefined;
}
