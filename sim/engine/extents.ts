import { grown } from '../kernel/grown.js';

/**
 * LRU extents: runs of unreferenced cached blocks [low, high) of one cache node that became unreferenced
 * together. Columns shared by all replicas; each replica links its own into an LRU list (`older`,
 * `newer`), and each node stacks its own (`olderOfNode`, `newerOfNode`: older ones hold higher blocks).
 */
export class Extents {
  /** Cache node, or −1 − request for a private context. */
  node = new Int32Array(1024);
  low = new Int32Array(1024);
  high = new Int32Array(1024);
  older = new Int32Array(1024);
  newer = new Int32Array(1024);
  newerOfNode = new Int32Array(1024);
  olderOfNode = new Int32Array(1024);
  /** When the blocks became unreferenced; kept only where they expire. */
  sinceMs = new Float64Array(1024);
  private used = 0;
  private firstFree = -1;

  allocate(): number {
    const extent = this.firstFree;
    if (extent >= 0) {
      this.firstFree = this.newer[extent]!;
      return extent;
    }
    if (this.used === this.node.length) this.grow();
    return this.used++;
  }

  release(extent: number): void {
    this.newer[extent] = this.firstFree;
    this.firstFree = extent;
  }

  private grow(): void {
    const capacity = 2 * this.used;
    this.node = grown(this.node, capacity);
    this.low = grown(this.low, capacity);
    this.high = grown(this.high, capacity);
    this.older = grown(this.older, capacity);
    this.newer = grown(this.newer, capacity);
    this.newerOfNode = grown(this.newerOfNode, capacity);
    this.olderOfNode = grown(this.olderOfNode, capacity);
    this.sinceMs = grown(this.sinceMs, capacity);
  }
}
