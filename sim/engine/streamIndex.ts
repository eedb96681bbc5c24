const emptyKey = -1;
/** Of an index that never had a stream: it is not written to. */
const noKeys = new Int32Array(2).fill(emptyKey);
const goldenRatio32 = 0x9e3779b1;

/** Which cache node a replica keeps for a stream: open addressing over int keys, without allocation per entry. */
export class StreamIndex {
  private shift = 31;
  private mask = 1;
  private used = 0;
  private keys: Int32Array = noKeys;
  private values: Int32Array = noKeys;

  get size(): number {
    return this.used;
  }

  /** The node of a stream, −1 for none. */
  get(stream: number): number {
    const keys = this.keys;
    const mask = this.mask;
    let slot = Math.imul(stream, goldenRatio32) >>> this.shift;
    for (;;) {
      const key = keys[slot]!;
      if (key === stream) return this.values[slot]!;
      if (key === emptyKey) return -1;
      slot = (slot + 1) & mask;
    }
  }

  /** Adds a stream that has no node yet. */
  set(stream: number, node: number): void {
    if (2 * ++this.used > this.mask) this.grow();
    let slot = Math.imul(stream, goldenRatio32) >>> this.shift;
    while (this.keys[slot] !== emptyKey) slot = (slot + 1) & this.mask;
    this.keys[slot] = stream;
    this.values[slot] = node;
  }

  /** Removes a stream that has a node. Later entries of the probe run move up, so no tombstones are left. */
  delete(stream: number): void {
    const keys = this.keys;
    const values = this.values;
    const mask = this.mask;
    let hole = Math.imul(stream, goldenRatio32) >>> this.shift;
    while (keys[hole] !== stream) hole = (hole + 1) & mask;
    this.used--;
    for (let slot = (hole + 1) & mask; keys[slot] !== emptyKey; slot = (slot + 1) & mask) {
      const home = Math.imul(keys[slot]!, goldenRatio32) >>> this.shift;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        keys[hole] = keys[slot]!;
        values[hole] = values[slot]!;
        hole = slot;
      }
    }
    keys[hole] = emptyKey;
  }

  private grow(): void {
    const oldKeys = this.keys;
    const oldValues = this.values;
    this.mask = 2 * this.mask + 1;
    this.shift--;
    this.keys = new Int32Array(this.mask + 1).fill(emptyKey);
    this.values = new Int32Array(this.mask + 1);
    for (let i = 0; i < oldKeys.length; i++) {
      const key = oldKeys[i]!;
      if (key === emptyKey) continue;
      let slot = Math.imul(key, goldenRatio32) >>> this.shift;
      while (this.keys[slot] !== emptyKey) slot = (slot + 1) & this.mask;
      this.keys[slot] = key;
      this.values[slot] = oldValues[i]!;
    }
  }
}
