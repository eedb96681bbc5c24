import { grown } from '../kernel/grown.js';

/** A table in typed columns that grows by rows. Whole numbers start at 0, others at NaN: not known. */
export class Columns {
  readonly int: Record<string, Int32Array> = {};
  readonly float: Record<string, Float64Array> = {};
  count = 0;
  private capacity = 1024;

  constructor(wholeNumbers: readonly string[], others: readonly string[]) {
    for (const name of wholeNumbers) this.int[name] = new Int32Array(this.capacity);
    for (const name of others) {
      this.float[name] = new Float64Array(this.capacity).fill(Number.NaN);
    }
  }

  addRow(): number {
    if (this.count === this.capacity) this.grow();
    return this.count++;
  }

  /** The columns cut to the rows in use. */
  finished(): { int: Record<string, Int32Array>; float: Record<string, Float64Array> } {
    const cut = <T extends Int32Array | Float64Array>(columns: Record<string, T>) =>
      Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, column.subarray(0, this.count)]),
      );
    return {
      int: cut(this.int) as Record<string, Int32Array>,
      float: cut(this.float) as Record<string, Float64Array>,
    };
  }

  private grow(): void {
    const before = this.capacity;
    this.capacity *= 2;
    for (const name of Object.keys(this.int))
      this.int[name] = grown(this.int[name]!, this.capacity);
    for (const name of Object.keys(this.float)) {
      this.float[name] = grown(this.float[name]!, this.capacity).fill(Number.NaN, before);
    }
  }
}
