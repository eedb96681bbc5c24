import { grown } from './grown.js';

/**
 * Gives each typed array that is a field of `table` room for `capacity` elements; the new ones are zero. Fields
 * that are views into one block, from different places on, stay so: the block grows, and each begins where it did.
 */
export function growColumns(table: object, capacity: number): void {
  const columns = table as Record<string, unknown>;
  const blocks = new Map<ArrayBufferLike, Int32Array | Float64Array | Uint8Array>();
  for (const name of Object.keys(columns)) {
    const column = columns[name];
    if (
      column instanceof Int32Array ||
      column instanceof Float64Array ||
      column instanceof Uint8Array
    ) {
      const known = blocks.get(column.buffer);
      const block = known ?? grown(wholeOf(column), capacity);
      if (!known) blocks.set(column.buffer, block);
      columns[name] = block.subarray(column.byteOffset / column.BYTES_PER_ELEMENT);
    }
  }
}

/** All of the block that a column is a view into. */
function wholeOf<T extends Int32Array | Float64Array | Uint8Array>(column: T): T {
  return new (column.constructor as new (block: ArrayBufferLike) => T)(column.buffer);
}
