import type { KvMemory } from './kvMemory.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import type { SequenceTable } from './sequenceTable.js';

/**
 * Gives the private context of a running sequence a stream of its own: it is about to be preempted, and
 * will look for its blocks when it comes back.
 */
export function revealContext(
  kv: KvMemory,
  store: PrefixCacheStore,
  table: SequenceTable,
  sequence: number,
): void {
  const { nodes, streams } = store;
  const stream = streams.addRoot();
  table.stream[sequence] = stream;
  table.ownsStream[sequence] = 1;
  kv.acquire(sequence, stream);
  const node = table.node[sequence]!;
  if (node < 0) return;
  nodes.have[node] = table.registeredBlocks[sequence]!;
  nodes.pin[node] = nodes.have[node]!;
}
