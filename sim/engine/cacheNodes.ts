import { grown } from '../kernel/grown.js';
import type { TokenStreams } from './tokenStreams.js';

/**
 * Cache nodes: what one replica holds of one token stream. Shared by all replicas of a run, in columns.
 *
 * Whoever references a block references all blocks before it and gives them up tail first. So the own
 * blocks of a stream on a replica are described by two numbers: blocks [start, have) are present, of
 * those [start, pin) are referenced.
 */
export class CacheNodes {
  readonly streams: TokenStreams;
  stream: Int32Array;
  replica: Int32Array;
  /** First own block: the one that holds the fork. */
  start: Int32Array;
  /** End of the present blocks (of a decoding writer: see `KvMemory.haveOf`). */
  have: Int32Array;
  /** End of the referenced blocks while no sequence writes the stream. */
  pin: Int32Array;
  /** Sequence that extends the stream here, −1 for none. */
  writer: Int32Array;
  parent: Int32Array;
  children: Int32Array;
  /** Newest child, and links between the children of one node; −1: none. */
  firstChild: Int32Array;
  nextSibling: Int32Array;
  previousSibling: Int32Array;
  /** Newest LRU extent of the node, −1 for none. */
  topExtent: Int32Array;
  /** Highest point at which an active child forks off, −1 for none. */
  firstFork: Int32Array;
  /** Links of the nodes of one stream, over replicas. `next` also links free nodes. */
  next: Int32Array;
  previous: Int32Array;
  private capacity: number;
  private used = 0;
  private firstFree = -1;

  constructor(streams: TokenStreams, capacity = 1024) {
    this.streams = streams;
    this.capacity = capacity;
    this.stream = new Int32Array(capacity);
    this.replica = new Int32Array(capacity);
    this.start = new Int32Array(capacity);
    this.have = new Int32Array(capacity);
    this.pin = new Int32Array(capacity);
    this.writer = new Int32Array(capacity);
    this.parent = new Int32Array(capacity);
    this.children = new Int32Array(capacity);
    this.firstChild = new Int32Array(capacity);
    this.nextSibling = new Int32Array(capacity);
    this.previousSibling = new Int32Array(capacity);
    this.topExtent = new Int32Array(capacity);
    this.firstFork = new Int32Array(capacity);
    this.next = new Int32Array(capacity);
    this.previous = new Int32Array(capacity);
  }

  add(stream: number, start: number, parent: number, replica: number): number {
    let node = this.firstFree;
    if (node >= 0) this.firstFree = this.next[node]!;
    else {
      if (this.used === this.capacity) this.grow();
      node = this.used++;
    }
    this.stream[node] = stream;
    this.replica[node] = replica;
    this.start[node] = start;
    this.have[node] = start;
    this.pin[node] = start;
    this.writer[node] = -1;
    this.parent[node] = parent;
    this.children[node] = 0;
    this.firstChild[node] = -1;
    this.topExtent[node] = -1;
    this.firstFork[node] = -1;
    if (parent >= 0) this.addChild(parent, node);
    const { streams } = this;
    const head = streams.firstNode[stream]!;
    this.previous[node] = -1;
    this.next[node] = head;
    if (head >= 0) this.previous[head] = node;
    streams.firstNode[stream] = node;
    streams.retain(stream);
    return node;
  }

  remove(node: number): void {
    const stream = this.stream[node]!;
    const previous = this.previous[node]!;
    const next = this.next[node]!;
    if (previous >= 0) this.next[previous] = next;
    else this.streams.firstNode[stream] = next;
    if (next >= 0) this.previous[next] = previous;
    const parent = this.parent[node]!;
    if (parent >= 0) this.removeChild(parent, node);
    this.next[node] = this.firstFree;
    this.firstFree = node;
    this.streams.release(stream);
  }

  /** End of the blocks of a node that its children build on; its start when there are none. */
  builtOn(node: number): number {
    let end = this.start[node]!;
    for (let child = this.firstChild[node]!; child >= 0; child = this.nextSibling[child]!) {
      end = Math.max(end, this.start[child]!);
    }
    return end;
  }

  private addChild(parent: number, node: number): void {
    this.children[parent]!++;
    const newest = this.firstChild[parent]!;
    this.nextSibling[node] = newest;
    this.previousSibling[node] = -1;
    if (newest >= 0) this.previousSibling[newest] = node;
    this.firstChild[parent] = node;
  }

  private removeChild(parent: number, node: number): void {
    this.children[parent]!--;
    const previous = this.previousSibling[node]!;
    const next = this.nextSibling[node]!;
    if (previous >= 0) this.nextSibling[previous] = next;
    else this.firstChild[parent] = next;
    if (next >= 0) this.previousSibling[next] = previous;
  }

  private grow(): void {
    this.capacity *= 2;
    const capacity = this.capacity;
    this.stream = grown(this.stream, capacity);
    this.replica = grown(this.replica, capacity);
    this.start = grown(this.start, capacity);
    this.have = grown(this.have, capacity);
    this.pin = grown(this.pin, capacity);
    this.writer = grown(this.writer, capacity);
    this.parent = grown(this.parent, capacity);
    this.children = grown(this.children, capacity);
    this.firstChild = grown(this.firstChild, capacity);
    this.nextSibling = grown(this.nextSibling, capacity);
    this.previousSibling = grown(this.previousSibling, capacity);
    this.topExtent = grown(this.topExtent, capacity);
    this.firstFork = grown(this.firstFork, capacity);
    this.next = grown(this.next, capacity);
    this.previous = grown(this.previous, capacity);
  }
}
