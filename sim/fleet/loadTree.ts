/**
 * Which of many replicas has the least load, ties to the lowest index: a tournament tree, O(log n) per
 * change. A scan of 1,024 replicas per request would cost as much as the whole engine.
 */
export class LoadTree {
  private readonly size: number;
  private readonly load: Float64Array;
  /** Node i holds the winner among the leaves below it; the root is node 1. */
  private readonly winner: Int32Array;

  constructor(count: number) {
    let size = 1;
    while (size < count) size *= 2;
    this.size = size;
    this.load = new Float64Array(size).fill(Number.POSITIVE_INFINITY, count);
    this.winner = new Int32Array(2 * size);
    for (let i = 0; i < size; i++) this.winner[size + i] = i;
    for (let i = size - 1; i > 0; i--) this.winner[i] = this.winner[2 * i]!;
  }

  get least(): number {
    return this.winner[1]!;
  }

  /** Of the least loaded, the first from `index` on, round the end: who takes turns starts behind the last choice. */
  leastFrom(index: number): number {
    const least = this.load[this.least]!;
    if (this.load[index] === least) return index;
    for (let node = index + this.size; node > 1; node >>= 1) {
      if ((node & 1) === 1) continue;
      const winner = this.winner[node + 1]!;
      if (this.load[winner] === least) return winner;
    }
    return this.least;
  }

  loadOf(index: number): number {
    return this.load[index]!;
  }

  add(index: number, change: number): void {
    const load = this.load;
    const winner = this.winner;
    load[index]! += change;
    for (let node = (index + this.size) >> 1; node > 0; node >>= 1) {
      const left = winner[2 * node]!;
      const right = winner[2 * node + 1]!;
      const better = load[right]! < load[left]! ? right : left;
      // Above a node that is won as before, by another, nothing changes.
      if (better === winner[node] && better !== index) return;
      winner[node] = better;
    }
  }
}
