import type { PlantedFault } from './plantedFault.js';

const batchFormer = 'sim/engine/batchFormer.ts';

/** Errors in how long cached blocks live. */
export const retentionFaults: PlantedFault[] = [
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
    find: 'if (continues && !(this.#stamped && extents.sinceMs[newest]! < this.nowMs)) {',
    replacement: 'if (continues) {',
  },
  {
    name: 'no cut for expiry',
    file: batchFormer,
    breaks: 'a request that is let in by expiry inside a jump waits for its end',
    find: 'if (this.#expiryAdmits) return undefined;',
    replacement: '',
  },
  {
    name: 'jump over expiry',
    file: batchFormer,
    breaks: 'a jump goes on while expiry may let a blocked request in',
    find: ' && !(this.#expiryAdmits && waiting.length > 0)',
    replacement: '',
  },
  {
    name: 'expired blocks seen',
    file: 'sim/engine/replica.ts',
    breaks: 'routers and loads see blocks that have expired since the last form',
    find: 'this.former.expire(timeMs);',
    replacement: '',
  },
];
