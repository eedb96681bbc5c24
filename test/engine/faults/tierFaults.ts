import type { PlantedFault } from './plantedFault.js';

const admission = 'sim/engine/admission.ts';
const batchFormer = 'sim/engine/batchFormer.ts';
const prefixHolders = 'sim/fleet/prefixHolders.ts';
const kvLoads = 'sim/fleet/kvLoads.ts';
const kvTier = 'sim/fleet/kvTier.ts';
const tierStore = 'sim/engine/tierStore.ts';
const waitingLine = 'sim/engine/waitingLine.ts';

/** Errors in what memory tiers hold, who loads from them, and how long that takes. */
export const tierFaults: PlantedFault[] = [
  {
    name: 'last block loaded',
    file: kvLoads,
    breaks: 'the block that must be computed for the next token is loaded as well',
    find: 'const limit = (promptTokens - 1) >> this.blockShift;',
    replacement: 'const limit = promptTokens >> this.blockShift;',
  },
  {
    name: 'pieces overlap',
    file: kvLoads,
    breaks: 'the second tier gives again what the first one gives',
    find: 'pieces.push({ tier, blocks: end - reach });',
    replacement: 'pieces.push({ tier, blocks: end - resident });',
  },
  {
    name: 'stale residents',
    file: kvLoads,
    breaks: 'a load looks at the replica as it was when the jump began',
    find: 'holder!.observe(timeMs);',
    replacement: '',
    firstWorld: 1500,
  },
  {
    name: 'load is no use',
    file: kvLoads,
    breaks: 'what is loaded does not become the most recent of its tier',
    find: 'tier.put(replica, stream, reach, timeMs);',
    replacement: '',
  },
  {
    name: 'first piece is enough',
    file: kvLoads,
    breaks: 'a request goes on when the first of its tiers has delivered',
    find: 'const load = this.underWay.get(ticket)!;\n    if (--load.left > 0) return;',
    replacement: 'const load = this.underWay.get(ticket);\n    if (load === undefined) return;',
  },
  {
    name: 'estimate alone on the link',
    file: kvTier,
    breaks: 'the estimate of a load forgets those who load now',
    find: 'const sharers = this.network.activeOn(this.linkOf(replica)) + 1;',
    replacement: 'const sharers = 1;',
    firstWorld: 2101,
  },
  {
    name: 'short loads too',
    file: kvLoads,
    breaks: 'fewer tokens than the minimum are loaded',
    find: 'if (tokens < minTokens) return false;',
    replacement: '',
  },
  {
    name: 'lower tiers written through',
    file: kvLoads,
    breaks: 'a tier that is written back gets every context',
    find: "if (index === 0 || tier.options.write === 'through')",
    replacement: 'if (index >= 0)',
  },
  {
    name: 'evictions lost',
    file: kvLoads,
    breaks: 'a tier that is written back gets nothing',
    find: "const below = tiers[0]?.options.write === 'back' ? tiers[0] : undefined;",
    replacement: 'const below = undefined;',
  },
  {
    name: 'evicted block left behind',
    file: tierStore,
    breaks: 'the last block that a tier evicts does not reach the one below',
    find: 'this.onEviction?.(nodes.stream[node]!, end);',
    replacement: 'this.onEviction?.(nodes.stream[node]!, end - 1);',
  },
  {
    name: 'one store for all',
    file: kvTier,
    breaks: 'all replicas use the first store',
    find: 'return this.storeByReplica[Math.floor(replica / this.options.replicasPerStore)]!;',
    replacement: 'return this.storeByReplica[0]!;',
  },
  {
    name: 'long contexts refused',
    file: tierStore,
    breaks: 'a context that is longer than a tier is not kept, not even its head',
    find: 'const end = Math.min(blocks, this.totalBlocks);',
    replacement: 'const end = blocks <= this.totalBlocks ? blocks : 0;',
  },
  {
    name: 'sampled token written',
    file: 'sim/fleet/kvLoads.ts',
    breaks: 'the token that was sampled last is written, though it has no KV',
    find: 'promptTokens[sequence]! + outputTokens[sequence]! - 1;',
    replacement: 'promptTokens[sequence]! + outputTokens[sequence]!;',
  },
  {
    name: 'loaded blocks take no room',
    file: batchFormer,
    breaks: 'blocks are allocated only for what is computed',
    find: 'if (firstBlocks > presentBlocks) kv.allocate(firstBlocks - presentBlocks);',
    replacement:
      'if (firstBlocks > presentBlocks)\n      kv.allocate(firstBlocks - Math.max(presentBlocks, hitTokens >> this.blockShift));',
  },
  {
    name: 'loaded blocks taken for cached',
    file: admission,
    breaks: 'what was loaded does not become cached on the replica',
    find: 'this.presentBlocks = present;\n    this.firstBlocks = Math.max(blocks, present);',
    replacement: 'this.presentBlocks = known;\n    this.firstBlocks = Math.max(blocks, present);',
  },
  {
    name: 'loaded for ever',
    file: batchFormer,
    breaks: 'a preempted sequence comes back as if its KV had been loaded again',
    find: 'table.loadedBlocks[sequence] = 0;',
    replacement: '',
  },
  {
    name: 'losses not counted',
    file: kvLoads,
    breaks: 'what a replica loses during a load is counted against what was loaded',
    find: 'table.residentBlocks[sequence] = load.resident;',
    replacement: 'table.residentBlocks[sequence] = load.reach;',
  },
  {
    name: 'stores unseen by the router',
    file: prefixHolders,
    breaks: 'the router does not look into the memory tiers of a replica',
    find: 'const isStored = owner < 0;',
    replacement: 'const isStored = false;',
  },
  {
    name: 'loading is queueing',
    file: waitingLine,
    breaks: 'the time of a load is counted as wait behind others',
    find: '      loadMs -\n',
    replacement: '',
  },
];
