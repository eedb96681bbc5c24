import type { ByteLines } from './byteLines.js';
import { traceLimits } from './traceLimits.js';
import type { TraceMistakes } from './traceMistakes.js';

/** Goes through the rows of a trace, from the current line to the end or to the 20th mistake. */
export function readRows(
  lines: ByteLines,
  builder: { readonly count: number; readonly hashCount?: number; readonly maxCount?: number },
  mistakes: TraceMistakes,
  addCurrentLine: () => void,
): void {
  const { maxHashes } = traceLimits;
  const maxRequests = builder.maxCount ?? traceLimits.maxRequests;
  do {
    if (lines.isTooLong) mistakes.lineTooLong(lines);
    // A blank line is no row: editors and spreadsheets leave them at the end.
    else if (lines.start < lines.end) addCurrentLine();
    if (builder.count > maxRequests || (builder.hashCount ?? 0) > maxHashes) {
      const message = `more than ${maxRequests} requests or ${maxHashes} block hashes`;
      mistakes.ofLine(lines, 'E_LIMIT', message, 'Split the trace');
      return;
    }
  } while (!mistakes.isFull && lines.next());
}
