import { grown } from '../kernel/grown.js';
import type { CacheNodes } from './cacheNodes.js';

/**
 * Points at which active children fork off a cache node, each with a count: the highest one bounds what
 * the node must keep referenced. A descending linked list per node; a node has few distinct points.
 */
export class ActiveForks {
  private readonly nodes: CacheNodes;
  /** Block index of the fork. */
  at = new Int32Array(256);
  private count = new Int32Array(256);
  private next = new Int32Array(256);
  private used = 0;
  private firstFree = -1;

  constructor(nodes: CacheNodes) {
    this.nodes = nodes;
  }

  add(node: number, at: number): void {
    const { firstFork } = this.nodes;
    let higher = -1;
    let fork = firstFork[node]!;
    while (fork >= 0 && this.at[fork]! > at) {
      higher = fork;
      fork = this.next[fork]!;
    }
    if (fork >= 0 && this.at[fork] === at) {
      this.count[fork]!++;
      return;
    }
    const added = this.allocate();
    this.at[added] = at;
    this.count[added] = 1;
    this.next[added] = fork;
    if (higher >= 0) this.next[higher] = added;
    else firstFork[node] = added;
  }

  remove(node: number, at: number): void {
    const { firstFork } = this.nodes;
    let higher = -1;
    let fork = firstFork[node]!;
    while (this.at[fork] !== at) {
      higher = fork;
      fork = this.next[fork]!;
    }
    if (--this.count[fork]! > 0) return;
    if (higher >= 0) this.next[higher] = this.next[fork]!;
    else firstFork[node] = this.next[fork]!;
    this.next[fork] = this.firstFree;
    this.firstFree = fork;
  }

  private allocate(): number {
    const fork = this.firstFree;
    if (fork >= 0) {
      this.firstFree = this.next[fork]!;
      return fork;
    }
    if (this.used === this.at.length) {
      const capacity = 2 * this.used;
      this.at = grown(this.at, capacity);
      this.count = grown(this.count, capacity);
      this.next = grown(this.next, capacity);
    }
    return this.used++;
  }
}
