import type { PlantedFault } from './plantedFault.js';

const kvMemory = 'sim/engine/kvMemory.ts';
const evictionList = 'sim/engine/evictionList.ts';

/** Errors in what is cached, what is referenced, and what is evicted first. */
export const cacheFaults: PlantedFault[] = [
  {
    name: 'released to the old end',
    file: evictionList,
    breaks: 'blocks released last are evicted first',
    find: `    extents.older[extent] = newest;
    extents.newer[extent] = -1;
    if (newest >= 0) extents.newer[newest] = extent;
    else this.oldestExtent = extent;
    this.newestExtent = extent;`,
    replacement: `    extents.older[extent] = -1;
    extents.newer[extent] = this.oldestExtent;
    if (this.oldestExtent >= 0) extents.older[this.oldestExtent] = extent;
    else this.newestExtent = extent;
    this.oldestExtent = extent;`,
  },
  {
    name: 'merge anywhere',
    file: evictionList,
    breaks: 'released blocks join an older extent of their stream and so count as older',
    find: `if (continues && !(this.stamped && extents.sinceMs[newest]! < this.nowMs)) {
      extents.low[newest] = low;`,
    replacement: `const other = nodes.topExtent[node]!;
    if (continues || (other >= 0 && extents.low[other] === high)) {
      extents.low[other] = low;`,
  },
  {
    name: 'head evicted first',
    file: evictionList,
    breaks: 'a sequence is evicted from its head, so its tail stays as if present',
    find: `extents.high[extent] = high - count;
      if (node >= 0) nodes.have[node] = high - count;`,
    replacement: `extents.low[extent] = low + count;
      if (node >= 0) nodes.have[node] = high;`,
  },
  {
    name: 'evicted but found',
    file: evictionList,
    breaks: 'blocks of an extent that is evicted whole are still hit',
    find: '    nodes.have[node] = low;\n',
    replacement: '',
  },
  {
    name: 'no touch',
    file: kvMemory,
    breaks: 'hits on blocks of an ancestor stay evictable',
    find: 'if (nodes.writer[parent]! < 0) this.raise(parent, at);',
    replacement: '',
  },
  {
    name: 'unpinned too far',
    file: kvMemory,
    breaks: 'a release ignores what other sequences reference',
    find: 'const pin = fork >= 0 ? forks.at[fork]! : nodes.start[node]!;',
    replacement: 'const pin = fork >= 0 ? nodes.start[node]! : nodes.start[node]!;',
  },
  {
    name: 'parent kept',
    file: kvMemory,
    breaks: 'the blocks of an ancestor stay referenced after their last user has gone',
    find: 'while (nodes.firstFork[node]! < 0) {',
    replacement: 'while (nodes.firstFork[node]! < -1) {',
  },
  {
    name: 'walk stops early',
    file: kvMemory,
    breaks: 'a new sequence references its own stream and the parent, not the grandparent',
    find: 'isActive = nodes.writer[parent]! >= 0 || nodes.firstFork[parent]! >= 0;',
    replacement: 'isActive = true;',
  },
  {
    name: 'evict before free',
    file: kvMemory,
    breaks: 'cached blocks are evicted while empty ones are left',
    find: '    if (count <= this.freeBlocks) {',
    replacement: `    if (count <= this.evictableBlocks) {
      this.evict(count);
      return;
    }
    if (count <= this.freeBlocks) {`,
  },
  {
    name: 'partial block lost',
    file: kvMemory,
    breaks: 'the partly filled block of a sequence is not given back',
    find: 'this.freeBlocks += held - covered;',
    replacement: '',
  },
  {
    name: 'stale writer',
    file: kvMemory,
    breaks: 'blocks that a running sequence has filled by decoding are not found',
    find: 'if (writer >= 0 && this.table.state[writer] === SequenceState.decode) {',
    replacement: 'if (writer >= farEnd) {',
  },
  {
    name: 'draining output not found',
    file: 'sim/engine/departures.ts',
    breaks: 'blocks that a draining sequence has filled by decoding are not found',
    find: 'kv.settle(sequence, computed >> this.blockShift);',
    replacement: '',
    firstWorld: 220,
  },
  {
    name: 'pruned with children',
    file: 'sim/engine/pruneNodes.ts',
    breaks: 'a stream is forgotten while others that fork from it are cached',
    find: '    nodes.children[node] === 0 &&\n',
    replacement: '',
  },
  {
    name: 'fork below the fork',
    file: 'sim/engine/tokenStreams.ts',
    breaks: 'a fork inside what the parent itself inherited is taken for a fork of the parent',
    find: 'while (ancestor >= 0 && forkTokens <= this.fork[ancestor]!)',
    replacement: 'while (ancestor >= 0 && forkTokens < 0)',
  },
  {
    name: 'sibling forgotten',
    file: 'sim/engine/activeForks.ts',
    breaks: 'of two children that fork at one point, the first to go takes the reference of both',
    find: 'if (--this.count[fork]! > 0) return;',
    replacement: 'this.count[fork]!--;',
  },
  {
    name: 'probe run broken',
    file: 'sim/engine/streamIndex.ts',
    breaks: 'removing a stream from the index hides others of the same probe run',
    find: 'if (((slot - home) & mask) >= ((slot - hole) & mask)) {',
    replacement: 'if (home < 0) {',
  },
  {
    name: 'recomputed ancestor not cached',
    file: kvMemory,
    breaks: 'blocks of an ancestor that a fork computes again are not hittable',
    find: 'if (start <= before) return;',
    replacement: 'if (start >= 0) return;',
  },
];
