import { grown } from './grown.js';

/** Gives each typed array that is a field of `table` room for `capacity` elements; the new ones are zero. */
export function growColumns(table: object, capacity: number): void {
  const columns = table as Record<string, unknown>;
  for (const name of Object.keys(columns)) {
    const column = columns[name];
    if (
      column instanceof Int32Array ||
      column instanceof Float64Array ||
      column instanceof Uint8Array
    ) {
      columns[name] = grown(column, capacity);
    }
  }
}
