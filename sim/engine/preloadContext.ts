import { holdContext, letGoContext } from './heldContext.js';
import type { KvMemory } from './kvMemory.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';

/**
 * Puts the first `blocks` full blocks of a stream into a prefix cache, the most recent of all, as if a
 * sequence had used them. Does nothing when they cannot fit.
 */
export function preloadContext(
  kv: KvMemory,
  table: SequenceTable,
  stream: number,
  blocks: number,
): void {
  if (blocks === 0 || !hasRoomFor(kv, stream, blocks)) return;
  const present = kv.presentBlocks;
  if (present === blocks) {
    letGoContext(kv, holdContext(kv, stream, blocks));
    return;
  }
  const sequence = table.add(-1, stream, 0, 0, 0);
  table.state[sequence] = SequenceState.prefill;
  kv.acquire(sequence, stream);
  kv.allocate(blocks - present);
  kv.register(sequence, present, blocks);
  kv.release(sequence, blocks, blocks);
  table.release(sequence);
}

/** Is there room in a cache for what it lacks of the first `blocks` full blocks of a stream? */
export function hasRoomFor(kv: KvMemory, stream: number, blocks: number): boolean {
  kv.lookup(stream, blocks);
  const present = kv.presentBlocks;
  // What is present must leave the evictable blocks, so it is no room for the others.
  return blocks - present <= kv.availableBlocks - (present - kv.pinnedBlocks);
}
