import type { KvMemory } from './kvMemory.js';

/** Cached blocks that are referenced though no sequence runs with them: an active fork at the end of what is held. */
export interface HeldContext {
  /** −1: nothing is held. */
  readonly node: number;
  readonly at: number;
}

/** References what is cached of the first `blocks` of a stream. What follows them there keeps its place among the evictable. */
export function holdContext(kv: KvMemory, stream: number, blocks: number): HeldContext {
  const { streams, nodes } = kv.store;
  let end = blocks;
  let current = stream;
  let node = kv.nodeFor(current);
  while (node < 0) {
    end = Math.min(end, streams.fork[current]! >> kv.blockShift);
    current = streams.parent[current]!;
    if (current < 0) return { node, at: 0 };
    node = kv.nodeFor(current);
  }
  while (node >= 0 && Math.min(kv.haveOf(node), end) <= nodes.start[node]!) {
    end = Math.min(end, nodes.start[node]!);
    node = nodes.parent[node]!;
  }
  if (node < 0) return { node, at: 0 };
  const at = Math.min(kv.haveOf(node), end);
  raise(kv, node, at);
  return { node, at };
}

function raise(kv: KvMemory, leaf: number, end: number): void {
  const { nodes, forks } = kv.store;
  let node = leaf;
  let at = end;
  while (node >= 0) {
    const wasActive = nodes.writer[node]! >= 0 || nodes.firstFork[node]! >= 0;
    forks.add(node, at);
    if (nodes.writer[node]! < 0) kv.raise(node, at);
    if (wasActive) return;
    at = nodes.start[node]!;
    node = nodes.parent[node]!;
  }
}

/** Drops the references of `holdContext`, the last block first. */
export function letGoContext(kv: KvMemory, held: HeldContext): void {
  const { nodes, forks } = kv.store;
  let { node, at } = held;
  while (node >= 0) {
    forks.remove(node, at);
    if (nodes.writer[node]! >= 0) break;
    kv.lower(node);
    if (nodes.firstFork[node]! >= 0) break;
    at = nodes.start[node]!;
    node = nodes.parent[node]!;
  }
}
