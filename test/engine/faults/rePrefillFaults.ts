import type { PlantedFault } from './plantedFault.js';

const handOver = 'sim/fleet/handOver.ts';
const handedRows = 'sim/fleet/handedRows.ts';
const handedRequest = 'sim/fleet/handedRequest.ts';

/** Errors where the decode pool cannot read the KV, and computes prompts again. Caught in worlds of two pools. */
export const rePrefillFaults: PlantedFault[] = [
  {
    name: 'held for nobody',
    file: handOver,
    breaks: 'blocks that nobody can read are held for a reader',
    find: 'prefillRow(pool.table, handed, !isLast && !recomputes, timeMs)',
    replacement: 'prefillRow(pool.table, handed, !isLast, timeMs)',
  },
  {
    name: 'given up and computed again',
    file: handOver,
    breaks:
      'a request that was given up in the last iteration of its prompt goes on at the decode pool',
    find: ' || (hasMore && handed.isGivenUp);',
    replacement: ';',
    firstWorld: 901_299,
  },
  {
    name: 'first token not in the prompt',
    file: handedRows,
    breaks: 'the first token is no part of what is computed again',
    find: 'routed.promptTokens = handed.promptTokens + generated;',
    replacement: '',
  },
  {
    name: 'first token asked for again',
    file: handedRows,
    breaks: 'the decode pool gives the first token once more',
    find: 'outputTokens - generated, timeMs',
    replacement: 'outputTokens, timeMs',
  },
  {
    name: 'gap of a re-prefill',
    file: handOver,
    breaks: 'the gap between the tokens of both pools is none',
    find: 'this.decode.pool.itlMs.add(table.firstTokenMs[row]! - handed.lastTokenMs);',
    replacement: '',
  },
  {
    name: 'late first token',
    file: handedRequest,
    breaks: 'the first token is the first one of the decode pool',
    find: '} else this.firstTokenMs = table.firstTokenMs[row]!;',
    replacement: '}\n    this.firstTokenMs = table.firstTokenMs[row]!;',
  },
  {
    name: 'hits computed again',
    file: handedRequest,
    breaks: 'what the decode pool had cached counts as computed again',
    find: 'Math.max(0, table.promptTokens[row]! - table.hitTokens[row]!)',
    replacement: 'table.promptTokens[row]!',
  },
];
