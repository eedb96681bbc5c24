import type { PlantedFault } from './plantedFault.js';

const contextPins = 'sim/engine/contextPins.ts';
const dropContext = 'sim/engine/dropContext.ts';
const retainOverGaps = 'sim/fleet/retainOverGaps.ts';
const batchFormer = 'sim/engine/batchFormer.ts';

/** Errors in how long cached blocks live. */
export const retentionFaults: PlantedFault[] = [
  {
    name: 'pins before the cache',
    file: 'sim/engine/departures.ts',
    breaks: 'decode rows end a pin while what is cached would do for the first of them',
    find: 'if (blocks > kv.availableBlocks)',
    replacement: 'if (!kv.makeRoom(blocks))',
    firstWorld: 61003574,
  },
  {
    name: 'expired at once',
    file: 'sim/engine/expireBlocks.ts',
    breaks: 'blocks are gone at the end of their time instead of after it',
    find: 'extents.sinceMs[extent]! < beforeMs',
    replacement: 'extents.sinceMs[extent]! <= beforeMs',
  },
  {
    name: 'one age for both',
    file: 'sim/engine/evictionList.ts',
    breaks: 'blocks that join older ones of their stream die with them',
    find: 'if (continues && !(this.stamped && extents.sinceMs[newest]! < this.nowMs)) {',
    replacement: 'if (continues) {',
  },
  {
    name: 'no cut for expiry',
    file: batchFormer,
    breaks: 'a request that is let in by expiry inside a jump waits for its end',
    find: 'if (this.expiryAdmits) return undefined;',
    replacement: '',
  },
  {
    name: 'jump over expiry',
    file: batchFormer,
    breaks: 'a jump goes on while expiry may let a blocked request in',
    find: ' && (isDraining || this.expiryAdmits);',
    replacement: ' && isDraining;',
  },
  {
    name: 'expired blocks seen',
    file: 'sim/engine/replica.ts',
    breaks: 'routers and loads see blocks that have expired since the last form',
    find: 'this.former.expire(timeMs);',
    replacement: '',
  },
  {
    name: 'heads emptied',
    file: dropContext,
    breaks: 'blocks are emptied that other cached contexts build on',
    find: 'Math.max(nodes.pin[node]!, nodes.builtOn(node))',
    replacement: 'nodes.pin[node]!',
  },
  {
    name: 'own stream only',
    file: dropContext,
    breaks: 'blocks that a context has from the stream it forked from stay',
    find: 'node = parent;',
    replacement: 'node = -1;',
  },
  {
    name: 'tails emptied',
    file: dropContext,
    breaks: 'blocks are emptied that a longer context of the same stream builds on',
    find: ' && nodes.have[node]! <= end',
    replacement: '',
  },
  {
    name: 'emptied without a gap',
    file: retainOverGaps,
    breaks: 'contexts whose next call comes at once, or never, are emptied',
    find: 'Number.isNaN(gapMs) || ',
    replacement: '',
  },
  {
    name: 'expired blocks counted',
    file: retainOverGaps,
    breaks: 'blocks that have expired keep those before them',
    find: 'former.expire(timeMs);',
    replacement: '',
  },
  {
    name: 'pressure of those who run',
    file: retainOverGaps,
    breaks: 'cached blocks count as empty when the price of keeping is told',
    find: '((totalBlocks - freeBlocks) / totalBlocks)',
    replacement: '((totalBlocks - availableBlocks) / totalBlocks)',
  },
  {
    name: 'nobody waits for a prefill',
    file: retainOverGaps,
    breaks: 'the blocks of those who run count nothing while a context is computed again',
    find: 'const heldBlocks = blocks + totalBlocks - availableBlocks;',
    replacement: 'const heldBlocks = blocks;',
  },
  {
    name: 'loads not considered',
    file: retainOverGaps,
    breaks: 'a context is kept though it could be loaded for less',
    find: 'Math.min(computedWaste, loadedWaste)',
    replacement: 'computedWaste',
  },
  {
    name: 'sibling lost',
    file: 'sim/engine/cacheNodes.ts',
    breaks: 'a stream forgets its other children when one leaves the cache',
    find: 'else this.firstChild[parent] = next;',
    replacement: 'else this.firstChild[parent] = -1;',
  },
  {
    name: 'cut extent left out',
    file: 'sim/engine/evictionList.ts',
    breaks: 'the lower part of an extent is lost with its upper part',
    find: 'newer = extent;\n      extent = extents.olderOfNode[extent]!;\n    }\n    if (newer',
    replacement: 'extent = extents.olderOfNode[extent]!;\n    }\n    if (newer',
  },
  {
    name: 'newest pin first',
    file: contextPins,
    breaks: 'the newest pin ends for who lacks blocks',
    find: 'this.remove(0);',
    replacement: 'this.remove(this.pins.length - 1);',
  },
  {
    name: 'pinned twice',
    file: 'sim/engine/kvMemory.ts',
    breaks: 'a pin goes on when the next call of its context is admitted',
    find: 'this.pins?.end(stream);',
    replacement: '',
  },
  {
    name: 'preempted before pins',
    file: 'sim/engine/kvMemory.ts',
    breaks: 'a running sequence is preempted while contexts are pinned',
    find: 'if (!this.pins?.dropOldest()) return false;',
    replacement: 'return false;',
  },
  {
    name: 'pins give way to all',
    file: batchFormer,
    breaks: 'a request that waits takes the blocks of pins while others run',
    find: 'if (this.running.count === 0 && this.kv.pins?.dropOldest()) continue;',
    replacement: 'if (this.kv.pins?.dropOldest()) continue;',
  },
  {
    name: 'head not held',
    file: 'sim/engine/heldContext.ts',
    breaks: 'of a pinned context only the blocks of its own stream are held',
    find: 'if (wasActive) return;',
    replacement: 'return;',
  },
  {
    name: 'pin for ever',
    file: retainOverGaps,
    breaks: 'a pin does not end with its time',
    find: 'if (!pins.has(serial)) return;',
    replacement: 'return;',
  },
  {
    name: 'pin ends unheard',
    file: retainOverGaps,
    breaks: 'who waits for blocks is not looked at when a pin ends inside a jump',
    find: 'const wake = replica.changeBlocks(timeMs, () => pins.drop(serial));',
    replacement:
      'const changeBlocks = (_: number, change: () => void): Wake => {\n        replica.observe(timeMs);\n        change();\n        return 0;\n      };\n      const wake = changeBlocks(timeMs, () => pins.drop(serial));',
  },
];
