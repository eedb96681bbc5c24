import type { PlantedFault } from './plantedFault.js';

const admission = 'sim/engine/admission.ts';
const batchFormer = 'sim/engine/batchFormer.ts';
const bestCachedReplica = 'sim/fleet/bestCachedReplica.ts';

/** Errors in who is admitted, when, with which hits, and to which replica. */
export const admissionFaults: PlantedFault[] = [
  {
    name: 'pins ignored',
    file: admission,
    breaks: 'hits that running sequences reference are counted as new blocks',
    find: `const room = this.kv.availableBlocks + this.kv.pinnedBlocks;
    return this.firstBlocks <= room &&`,
    replacement: `const room = this.kv.availableBlocks;
    return this.firstBlocks <= room &&`,
  },
  {
    name: 'evictable hits credited twice',
    file: admission,
    breaks: 'hits that are evictable count both as room and as already held',
    find: `const room = this.kv.availableBlocks + this.kv.pinnedBlocks;
    return this.firstBlocks <= room &&`,
    replacement: `const room = this.kv.availableBlocks + this.kv.presentBlocks;
    return this.firstBlocks <= room &&`,
  },
  {
    name: 'whole sequence not tested',
    file: admission,
    breaks: 'a request is admitted as soon as its first chunk fits',
    find: '(!this.wholeSequence || this.blocksFor(tokens) <= room)',
    replacement: 'true',
  },
  {
    name: 'generated tokens forgotten',
    file: batchFormer,
    breaks: 'a preempted sequence is readmitted when its prompt alone fits',
    find: 'if (!admission.fitsNow(tokens)) {',
    replacement: 'if (!admission.fitsNow(table.promptTokens[sequence]!)) {',
    firstWorld: 150,
  },
  {
    name: 'admission after preemption',
    file: batchFormer,
    breaks: 'a form that preempted admits',
    find: 'if (this.preempted) return Blocked.kvBlocks;',
    replacement: '',
    firstWorld: 120,
  },
  {
    name: 'draining slots free',
    file: batchFormer,
    breaks: 'a draining sequence does not count for the limit of sequences',
    find: 'if (this.running.count >= maxSequences) return Blocked.slots;',
    replacement:
      'if (this.running.count - this.draining.count >= maxSequences) return Blocked.slots;',
  },
  {
    name: 'budget of decodes forgotten',
    file: batchFormer,
    breaks: 'decode rows use none of the token budget',
    find: 'maxBatchTokens - rows.count * rows.tokensPerRow - this.run.chunkTokens;',
    replacement: 'maxBatchTokens - this.run.chunkTokens;',
  },
  {
    name: 'whole prompt hit',
    file: admission,
    breaks: 'a prompt that is wholly cached computes no token',
    find: 'const most = (tokens - 1) >> this.blockShift;',
    replacement: 'const most = tokens >> this.blockShift;',
  },
  {
    name: 'late register',
    file: batchFormer,
    breaks: 'a block is hittable one token after it is full',
    find: 'const covered = after >> this.blockShift;',
    replacement: 'const covered = (after - 1) >> this.blockShift;',
  },
  {
    name: 'cut test too strict',
    file: admission,
    breaks: 'whole-sequence admission inside a jump asks for a block too many',
    find: 'this.blocksFor(tokens) <= room - decodeBlocks',
    replacement: 'this.blocksFor(tokens) < room - decodeBlocks',
  },
  {
    name: 'no cut for live forks',
    file: batchFormer,
    breaks: 'a request that shares a running output is taken for blocked inside a jump',
    find: 'if (kv.sharesRunningOutput) return undefined;',
    replacement: '',
    firstWorld: 2400,
  },
  {
    name: 'cut counted from the start',
    file: 'sim/engine/replica.ts',
    breaks: 'blocks that a jump has already taken are counted again when a request arrives',
    find: 'former.reasonNotAdmitted(sequence, form - this.appliedForms)',
    replacement: 'former.reasonNotAdmitted(sequence, form)',
  },
  {
    name: 'routing ties by index',
    file: bestCachedReplica,
    breaks: 'of replicas with equal hits the first is taken, not the least loaded',
    find: 'return loadA < loadB || (loadA === loadB && a < b);',
    replacement: 'return a < b || (a === b && loadA < loadB);',
  },
  {
    name: 'slack off by one',
    file: bestCachedReplica,
    breaks: 'prefix-aware routing passes over a replica whose load is just within the slack',
    find: 'requests.loadOf(best) <= requests.loadOf(requests.least) + slack',
    replacement: 'requests.loadOf(best) < requests.loadOf(requests.least) + slack',
  },
  {
    name: 'stale cache seen by the router',
    file: 'sim/engine/replica.ts',
    breaks: 'the router sees caches as they were when the jump began',
    find: 'if (isInRun) this.applyForms',
    replacement: 'if (timeMs < 0) this.applyForms',
    firstWorld: 270,
  },
  {
    name: 'future cache seen by the router',
    file: 'sim/engine/replica.ts',
    breaks: 'the router sees the batch that is formed at this very instant',
    find: 'this.applyForms(this.firstFormFrom(timeMs) - 1);',
    replacement: 'this.applyForms(this.firstFormFrom(timeMs));',
  },
  {
    name: 'load ties to the last',
    file: 'sim/fleet/loadTree.ts',
    breaks: 'of equally loaded replicas the last is taken',
    find: 'load[right]! < load[left]! ? right : left;',
    replacement: 'load[right]! <= load[left]! ? right : left;',
  },
];
