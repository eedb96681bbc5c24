import type { PlantedFault } from './plantedFault.js';

const batchFormer = 'sim/engine/batchFormer.ts';
const decodeRows = 'sim/engine/decodeRows.ts';
const formedRun = 'sim/engine/formedRun.ts';
const replica = 'sim/engine/replica.ts';
const runTiming = 'sim/engine/runTiming.ts';

/** Errors in how far a jump goes, where it is cut, and how long its iterations last. */
export const jumpFaults: PlantedFault[] = [
  {
    name: 'jump takes no blocks',
    file: batchFormer,
    breaks: 'the blocks that rows fill inside a jump are not allocated',
    find: 'Math.max(0, blocks - this.kv.freeBlocks);\n    this.kv.allocate(blocks);',
    replacement: 'Math.max(0, blocks - this.kv.freeBlocks);',
  },
  {
    name: 'one form past the memory',
    file: decodeRows,
    breaks: 'a jump goes one form further than its blocks last',
    find: 'wholeCycles * this.blockTokens + rest;',
    replacement: 'wholeCycles * this.blockTokens + rest + 1;',
  },
  {
    name: 'one form past the finish',
    file: batchFormer,
    breaks: 'a jump goes one form further than its first row has tokens',
    find: 'const untilFinish = mayJump ? rows.formsUntilFinish : 0;',
    replacement: 'const untilFinish = mayJump ? rows.formsUntilFinish + 1 : 0;',
  },
  {
    name: 'ties in heap order',
    file: decodeRows,
    breaks: 'rows that finish together leave in the order of the heap',
    find: 'return formA !== formB ? formA < formB : order[a]! < order[b]!;',
    replacement: 'return formA < formB;',
  },
  {
    name: 'window crossed in a jump',
    file: batchFormer,
    breaks: 'contexts go on growing past the attention window inside a jump',
    find: 'Math.min(untilFinish, rows.formsInsideWindow(), this.maxJump - 1)',
    replacement: 'Math.min(untilFinish, this.maxJump - 1)',
  },
  {
    name: 'window closed late',
    file: decodeRows,
    breaks: 'a row at the end of the window grows once more',
    find: 'this.forms + offset[growing[i]!]! < this.windowTokens',
    replacement: 'this.forms + offset[growing[i]!]! <= this.windowTokens',
  },
  {
    name: 'window of chunks',
    file: formedRun,
    breaks: 'prompt tokens beyond the window attend to one token too few',
    find: '(tokens - window) * window',
    replacement: '(tokens - window) * (window - 1)',
  },
  {
    name: 'prompt samples nothing',
    file: formedRun,
    breaks: 'a chunk that completes its prompt is not counted as sampling',
    find: 'this.decodeRows * this.tokensPerDecodeRow + completedPrompts;',
    replacement: 'this.decodeRows * this.tokensPerDecodeRow;',
  },
  {
    name: 'host adds',
    file: runTiming,
    breaks: 'async host work is not hidden behind the device',
    find: 'this.afterMs = deviceMs + syncMs;',
    replacement: 'this.afterMs = hostMs + deviceMs + syncMs;',
  },
  {
    name: 'host-bound without synchronisation',
    file: runTiming,
    breaks: 'an iteration that the host bounds needs no synchronisation',
    find: 'this.beforeMs = hostMs + syncMs;',
    replacement: 'this.beforeMs = hostMs;',
  },
  {
    name: 'late crossover',
    file: runTiming,
    breaks: 'the device overtakes the host one iteration late',
    find: 'this.crossover = Math.min(first, never);',
    replacement: 'this.crossover = first + 1;',
  },
  {
    name: 'boundary open',
    file: runTiming,
    breaks: 'a request that arrives just as an iteration ends waits for the next one',
    find: 'if (this.sumMs(middle) >= elapsedMs) to = middle;',
    replacement: 'if (this.sumMs(middle) > elapsedMs) to = middle;',
  },
  {
    name: 'cut one boundary late',
    file: replica,
    breaks: 'under async scheduling a jump is cut one boundary after an arrival',
    find: 'timing.countReaching(elapsedMs, 1 - lag, length - lag) + lag;',
    replacement: 'timing.countReaching(elapsedMs, 1 - lag, length - lag) + 2 * lag;',
  },
  {
    name: 'cut too early',
    file: replica,
    breaks: 'under async scheduling a jump is cut where the running iteration ends',
    find: 'timing.sumMs(form - this.lag);',
    replacement: 'timing.sumMs(form - 2 * this.lag);',
  },
  {
    name: 'sum beyond the crossover',
    file: runTiming,
    breaks: 'growth before the device overtakes the host is added to the time of a jump',
    find: '(count * (count - 1)) / 2 - (crossover * (crossover - 1)) / 2;',
    replacement: '(count * (count - 1)) / 2;',
  },
  {
    name: 'table read once',
    file: formedRun,
    breaks: 'a cost that is not affine is asked for the first iteration of a jump only',
    find: 'this.timing.list(j, totalMs);\n      this.shiftContexts(1);',
    replacement: 'this.timing.list(j, totalMs);',
  },
];
