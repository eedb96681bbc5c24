import { grown } from '../kernel/grown.js';

/** Stands for the context of one request that nobody else can share: no stream describes it. */
export const privateContext = -1;

/**
 * Contexts as a forest of append-only token streams. Stream x equals its parent up to token `fork[x]`
 * and goes on with tokens of its own; a root forks at 0. Regeneration, siblings, edits, compaction and
 * dropped reasoning are forks. Streams are the identity of cached blocks: nothing is stored per token.
 *
 * A stream is counted: its owner, its children and the cache nodes that hold blocks of it. It is
 * recycled when nobody is left.
 */
export class TokenStreams {
  /** Parent stream, −1 for a root. */
  parent: Int32Array;
  /** Tokens shared with the parent. */
  fork: Int32Array;
  /** First cache node of this stream over all replicas, −1 for none; kept by `CacheNodes`. */
  firstNode: Int32Array;
  private references: Int32Array;
  private capacity: number;
  private used = 0;
  private firstFree = -1;
  private liveStreams = 0;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.parent = new Int32Array(capacity);
    this.fork = new Int32Array(capacity);
    this.firstNode = new Int32Array(capacity);
    this.references = new Int32Array(capacity);
  }

  /** Streams in use. For tests. */
  get live(): number {
    return this.liveStreams;
  }

  /** A new stream without tokens of its own. The caller owns one reference and gives it back with `release`. */
  addRoot(): number {
    return this.add(-1, 0);
  }

  /** A new stream that equals `parent` up to `forkTokens`. The caller owns one reference. */
  addFork(parent: number, forkTokens: number): number {
    let ancestor = parent;
    // What lies below a stream's own fork belongs to its parent.
    while (ancestor >= 0 && forkTokens <= this.fork[ancestor]!) ancestor = this.parent[ancestor]!;
    return this.add(ancestor, ancestor < 0 ? 0 : forkTokens);
  }

  retain(stream: number): void {
    this.references[stream]!++;
  }

  release(stream: number): void {
    let current = stream;
    while (current >= 0 && --this.references[current]! === 0) {
      const parent = this.parent[current]!;
      this.parent[current] = this.firstFree;
      this.firstFree = current;
      this.liveStreams--;
      current = parent;
    }
  }

  private add(parent: number, fork: number): number {
    let stream = this.firstFree;
    if (stream >= 0) this.firstFree = this.parent[stream]!;
    else {
      if (this.used === this.capacity) this.grow();
      stream = this.used++;
    }
    this.parent[stream] = parent;
    this.fork[stream] = fork;
    this.firstNode[stream] = -1;
    this.references[stream] = 1;
    this.liveStreams++;
    if (parent >= 0) this.references[parent]!++;
    return stream;
  }

  private grow(): void {
    this.capacity *= 2;
    this.parent = grown(this.parent, this.capacity);
    this.fork = grown(this.fork, this.capacity);
    this.firstNode = grown(this.firstNode, this.capacity);
    this.references = grown(this.references, this.capacity);
  }
}
