import type { CacheNodes } from './cacheNodes.js';
import type { StreamIndex } from './streamIndex.js';

/** Drops nodes that describe nothing any more, from a leaf upwards, and their entries in the index of their replica. */
export function pruneNodes(leaf: number, nodes: CacheNodes, index: StreamIndex): void {
  let node = leaf;
  while (
    node >= 0 &&
    nodes.have[node] === nodes.start[node] &&
    nodes.children[node] === 0 &&
    nodes.writer[node]! < 0 &&
    nodes.firstFork[node]! < 0
  ) {
    const parent = nodes.parent[node]!;
    index.delete(nodes.stream[node]!);
    nodes.remove(node);
    node = parent;
  }
}
