import type { PlantedFault } from './plantedFault.js';

const formedRun = 'sim/engine/formedRun.ts';
const handOver = 'sim/fleet/handOver.ts';
const handedRows = 'sim/fleet/handedRows.ts';
const handedRequest = 'sim/fleet/handedRequest.ts';
const enginePool = 'sim/fleet/enginePool.ts';

/** Errors in hand-overs together with admission orders, speculation, memory tiers and expiry. Caught in worlds of two pools. */
export const combinedHandOverFaults: PlantedFault[] = [
  {
    name: 'draws of the decode side',
    file: handedRows,
    breaks: 'the draws of a request are not those that its seed names',
    find: 'table.seed[row] = seed;',
    replacement: 'table.seed[row] = 0;',
  },
  {
    name: 'draws from the start',
    file: handedRows,
    breaks: 'what comes back a second time repeats its first draws',
    find: '  if (table.drafts) table.decodeRounds[row] = handed.decodeRounds;\n',
    replacement: '',
  },
  {
    name: 'order of joining',
    file: 'sim/engine/speculatingRows.ts',
    breaks: 'rows that end together leave as their KV came, not as they were admitted',
    find: ' || (laterForms === 0 && order[row]! < order[first]!)',
    replacement: '',
  },
  {
    name: 'first token without a gap',
    file: formedRun,
    breaks: 'the first token of a row that joined counts as one of a burst',
    find: '    this.silentTokens++;\n',
    replacement: '',
  },
  {
    name: 'cancelled burst delivered',
    file: 'sim/engine/departures.ts',
    breaks: 'the burst of a row that was cancelled before its first batch leaves gaps',
    find: 'if (starting.remove(sequence)) run.cancelJoined(sequence);\n      else run',
    replacement: 'if (!starting.remove(sequence)) run',
  },
  {
    name: 'urgency stays behind',
    file: handOver,
    breaks: 'the decode side does not know how urgent a request is',
    find: 'pool.enter(row, replica, timeMs, handed.urgencyAt(timeMs));',
    replacement: 'pool.enter(row, replica, timeMs);',
  },
  {
    name: 'deadline moves',
    file: handedRequest,
    breaks: 'the deadline of a request counts from its arrival at the decode side',
    find: 'deadlineMs: deadlineMs - (timeMs - this.arrivedMs)',
    replacement: 'deadlineMs',
  },
  {
    name: 'given up in the past',
    file: 'sim/engine/replica.ts',
    breaks: 'blocks that were read inside a run count as unused since it began',
    find: '    this.former.kv.lru.moveTo(timeMs);\n    change();',
    replacement: '    change();',
  },
  {
    name: 'load is prefill',
    file: handOver,
    breaks: 'KV goes out layer by layer while it is still loaded',
    find: ' - table.kvLoadMs[row]! - sumOf(queue)',
    replacement: ' - sumOf(queue)',
  },
  {
    name: 'held not written',
    file: enginePool,
    breaks: 'the tiers do not get the context of a prompt that is held',
    find: 'this.loads?.writeContext(sequence, index, timeMs);',
    replacement:
      'if (table.state[sequence] !== SequenceState.held) this.loads?.writeContext(sequence, index, timeMs);',
  },
  {
    name: 'returned not written',
    file: enginePool,
    breaks: 'the tiers do not get KV that comes back',
    find: '    this.loads?.write(index, stream, blocks * this.options.engine.blockTokens, timeMs);\n',
    replacement: '',
  },
];
