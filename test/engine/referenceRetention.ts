import { prefillTime } from '../../sim/engine/prefillTime.js';
import type { ReferenceLoads } from './referenceLoads.js';
import type { ReferenceReplica } from './referenceReplica.js';
import type { ReferenceReach } from './referenceResult.js';
import type { ReferenceSequence } from './referenceSequence.js';
import type { World } from './world.js';

/** A call has ended: its context is kept, or its blocks are emptied, as the rule of the world says. */
export function retainReference(
  world: World,
  reach: ReferenceReach,
  sequence: ReferenceSequence,
  replica: ReferenceReplica,
  around: {
    readonly loads: ReferenceLoads | undefined;
    readonly atLater: (delayMs: number, act: () => void) => void;
  },
): void {
  const { loads } = around;
  const { overGaps, blockTokens, prefixCache } = world.engine;
  const { gapMs } = world.tasks[sequence.task]!;
  if (overGaps === undefined || gapMs === undefined || !prefixCache) return;
  const { memory } = replica.scheduler;
  const computed = sequence.promptTokens + sequence.outputTokens - 1;
  const blocks = Math.floor(computed / blockTokens);
  if (overGaps.kind === 'pin') {
    const held = memory.present(sequence.blockIdentities, blocks);
    if (held.length === 0) return;
    for (const block of held) memory.reference(block);
    const pin = { stream: sequence.stream, blocks: held };
    memory.pins.push(pin);
    reach.pins++;
    around.atLater(overGaps.forMs, () => {
      const index = memory.pins.indexOf(pin);
      if (index < 0) return;
      reach.pinsRunOut++;
      memory.unpin(index);
    });
    return;
  }
  if (overGaps.kind === 'cost-based') {
    const notEmpty = (world.engine.kvBlocks - memory.free) / world.engine.kvBlocks;
    const kept = blocks * gapMs * notEmpty;
    const referenced = world.engine.kvBlocks - memory.available;
    const prefillMs = prefillTime(world.cost, world.engine.maxBatchTokens)(0, blocks * blockTokens);
    const waste = [(blocks + referenced) * prefillMs];
    if (loads !== undefined) waste.push(blocks * loads.firstTierMs(replica.index, blocks));
    if (kept <= Math.min(...waste)) {
      reach.keptOverGap++;
      return;
    }
  }
  const dropped = memory.dropContext(sequence.blockIdentities, blocks);
  if (dropped > 0) reach.droppedForGap++;
  if (dropped > 0 && dropped < blocks) reach.droppedInPart++;
}
