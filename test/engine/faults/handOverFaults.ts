import type { PlantedFault } from './plantedFault.js';

const kvHandOver = 'sim/engine/kvHandOver.ts';
const handOver = 'sim/fleet/handOver.ts';
const kvReturn = 'sim/fleet/kvReturn.ts';
const replica = 'sim/engine/replica.ts';
const departures = 'sim/engine/departures.ts';
const batchFormer = 'sim/engine/batchFormer.ts';

/** Errors in how KV moves between pools. Caught in worlds of two pools. */
export const handOverFaults: PlantedFault[] = [
  {
    name: 'hits sent too',
    file: handOver,
    breaks: 'what is cached at the decode side is sent all the same',
    find: 'Math.max(0, table.computed[sequence]! - cached);',
    replacement: 'table.computed[sequence]!;',
  },
  {
    name: 'ingress free',
    file: handOver,
    breaks: 'the link into the decode replica is not shared',
    find: 'start([out, into], ',
    replacement: 'start([out], ',
  },
  {
    name: 'overlap of everything',
    file: 'sim/fleet/visibleBytes.ts',
    breaks: 'layer by layer, even the last layer is gone when the prompt is computed',
    find: 'Math.max(bytes / overlappedLayers, bytes - overlappedBytes)',
    replacement: 'Math.max(0, bytes - overlappedBytes)',
  },
  {
    name: 'first token twice',
    file: handOver,
    breaks: 'a token that the prefill side gave is given again',
    find: '    handed.generated++;',
    replacement: '',
  },
  {
    name: 'no cut for what has come',
    file: replica,
    breaks: 'a sequence whose KV has come waits for the end of the jump',
    find: 'this.former.handOver.complete(sequence);\n    return this.lookAgain(timeMs);',
    replacement:
      'this.former.handOver.complete(sequence);\n    return this.isIdle ? this.lookAgain(timeMs) : Wake.nothing;',
  },
  {
    name: 'no look at room',
    file: replica,
    breaks: 'who waits for blocks does not notice that held ones were given up',
    find: 'return this.isIdle && this.former.waiting.length === 0',
    replacement: 'return this.isIdle || timeMs >= 0',
  },
  {
    name: 'slot kept',
    file: departures,
    breaks: 'a held sequence keeps its slot',
    find: '    running.remove(sequence);\n    state[sequence] = SequenceState.held;',
    replacement:
      '    if (this.table.promptTokens[sequence]! % 7 > 0) running.remove(sequence);\n    state[sequence] = SequenceState.held;',
  },
  {
    name: 'token too many',
    file: kvHandOver,
    breaks: 'the KV of the last known token comes too',
    find: 'return promptTokens[sequence]! + generated[sequence]! - 1;',
    replacement: 'return promptTokens[sequence]! + generated[sequence]!;',
  },
  {
    name: 'jump after a join',
    file: batchFormer,
    breaks: 'rows that join begin a jump, as if their first gap were an iteration',
    find: ' || joined > 0);',
    replacement: ');',
  },
  {
    name: 'gap of a join',
    file: kvHandOver,
    breaks: 'the gap across a hand-over counts as one iteration',
    find: '      run.joinRow(sequence);\n',
    replacement: '',
  },
  {
    name: 'duplicates kept',
    file: kvHandOver,
    breaks: 'room for blocks that others have brought in the meantime is not given back',
    find: 'kv.freeBlocks += Math.min(held, present) - registered;',
    replacement: '',
  },
  {
    name: 'wait for a batch not booked',
    file: kvHandOver,
    breaks: 'the wait from the last byte to the first batch is not booked',
    find: 'table.iterationMs[sequence]! += startMs - table.receivedMs[sequence]!;',
    replacement: 'table.iterationMs[sequence]! += 0;',
  },
  {
    name: 'return forgets a token',
    file: handOver,
    breaks: 'what goes back to the prefill pool has lost the last token',
    find: 'handed.generated = table.generated[sequence]!;',
    replacement: 'handed.generated = Math.max(1, table.generated[sequence]! - 1);',
  },
  {
    name: 'withdrawn transfer goes on',
    file: handOver,
    breaks: 'the transfer to room that was taken back goes on',
    find: '    this.network.cancel(handed.transfer);\n    this.onTheWay.delete(handed.ticket);',
    replacement: '    this.onTheWay.delete(handed.ticket);',
  },
  {
    name: 'cancelled transfer goes on',
    file: handOver,
    breaks: 'the transfer of a cancelled request goes on',
    find: 'if (handed.ticket >= 0) this.network.cancel(handed.transfer);',
    replacement: '',
  },
  {
    name: 'returned where it is in use',
    file: kvReturn,
    breaks: 'KV of an output is cached although the next call has begun without it',
    find: 'if (isContinued && !isInUse && ',
    replacement: 'if (isContinued && ',
  },
  {
    name: 'held cancelled keeps its blocks',
    file: handOver,
    breaks: 'a request cancelled while it waits for room keeps its blocks at the prefill side',
    find: "if (handed.stage === 'waiting' || handed.stage === 'receiving') this.letGo(handed, timeMs);",
    replacement: "if (handed.stage === 'receiving') this.letGo(handed, timeMs);",
  },
];
