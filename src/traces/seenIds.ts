const goldenRatio32 = 0x9e3779b1;

/**
 * The request ids met so far, to find one that comes twice. Keeps 64 bits of hash and a line number
 * per id (a set of strings would take ten times the memory, and ends at 16 million): among 10
 * million different ids the chance that two are taken for the same is 3 in a million.
 */
export class SeenIds {
  private mask = 1023;
  private size = 0;
  /** Line numbers; 0 marks a free place. */
  private lines = new Int32Array(1024);
  private first = new Int32Array(1024);
  private second = new Int32Array(1024);

  /** Line where an id equal to these bytes was met before; 0, and it is remembered, when it is new. */
  add(bytes: Uint8Array, start: number, end: number, line: number): number {
    let first = 0x811c9dc5 | 0;
    let second = goldenRatio32 | 0;
    for (let at = start; at < end; at++) {
      first = Math.imul(first ^ bytes[at]!, 0x01000193);
      second = Math.imul((second << 5) ^ (second >>> 27) ^ bytes[at]!, 0x85ebca6b);
    }
    const slot = this.slotOf(first, second);
    if (this.lines[slot] !== 0) return this.lines[slot]!;
    this.put(slot, first, second, line);
    if (2 * ++this.size > this.mask) this.grow();
    return 0;
  }

  private slotOf(first: number, second: number): number {
    let slot = (Math.imul(first ^ (second >>> 15), goldenRatio32) >>> 4) & this.mask;
    while (this.lines[slot] !== 0 && (this.first[slot] !== first || this.second[slot] !== second)) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }

  private put(slot: number, first: number, second: number, line: number): void {
    this.lines[slot] = line;
    this.first[slot] = first;
    this.second[slot] = second;
  }

  private grow(): void {
    const [lines, first, second] = [this.lines, this.first, this.second];
    const capacity = 2 * lines.length;
    this.mask = capacity - 1;
    this.lines = new Int32Array(capacity);
    this.first = new Int32Array(capacity);
    this.second = new Int32Array(capacity);
    for (let i = 0; i < lines.length; i++) {
      if (lines[i] === 0) continue;
      this.put(this.slotOf(first[i]!, second[i]!), first[i]!, second[i]!, lines[i]!);
    }
  }
}
