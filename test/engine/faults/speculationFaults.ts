import type { PlantedFault } from './plantedFault.js';

const speculatingRows = 'sim/engine/speculatingRows.ts';
const formedRun = 'sim/engine/formedRun.ts';
const batchFormer = 'sim/engine/batchFormer.ts';

/** Errors in what a decode row computes, holds and is given under speculative decoding. */
export const speculationFaults: PlantedFault[] = [
  {
    name: 'burst beyond the output',
    file: speculatingRows,
    breaks: 'the last burst of a sequence is longer than its output',
    find: 'return Math.min(this.acceptance.tokensOf(seed[row]!, round), left);',
    replacement: 'return this.acceptance.tokensOf(seed[row]!, round) + Math.min(0, left);',
  },
  {
    name: 'drafts without blocks',
    file: speculatingRows,
    breaks: 'blocks are taken for the next token only, not for the drafts after it',
    find: 'this.blocksOf(computed + this.tokensPerRow) - heldBlocks',
    replacement: 'this.blocksOf(computed + 1) - heldBlocks',
  },
  {
    name: 'one block is enough',
    file: 'sim/engine/departures.ts',
    breaks: 'when memory ends, a row that needs several blocks is content with room for one',
    find: 'while (!kv.makeRoom(needed)) {',
    replacement: 'while (!kv.makeRoom(Math.min(1, needed))) {',
  },
  {
    name: 'same draw for ever',
    file: speculatingRows,
    breaks: 'every iteration of a sequence accepts as many drafts as its first',
    find: 'decodeRounds[row]!++;',
    replacement: '',
  },
  {
    name: 'draws of who was there before',
    file: 'sim/engine/sequenceTable.ts',
    breaks: 'a sequence goes on with the draws of the one that had its row before',
    find: 'this.decodeRounds[sequence] = 0;',
    replacement: '',
  },
  {
    name: 'plan one draw ahead',
    file: speculatingRows,
    breaks: 'a run is planned with the draws of the iterations after',
    find: 'table.decodeRounds[row]! + form - 1',
    replacement: 'table.decodeRounds[row]! + form',
  },
  {
    name: 'plan reads no drafts',
    file: speculatingRows,
    breaks: 'further iterations of a run read the contexts without their drafts',
    find: 'contexts += reach;\n        windowed',
    replacement: 'contexts += before + 1;\n        windowed',
  },
  {
    name: 'plan past the memory',
    file: speculatingRows,
    breaks: 'a run goes one iteration further than its blocks last',
    find: 'if (blocks > availableBlocks) return form - 1;',
    replacement: 'if (blocks > availableBlocks) return form;',
  },
  {
    name: 'spare blocks kept',
    file: speculatingRows,
    breaks: 'blocks taken for drafts that were rejected are never given back',
    find: 'return this.table.heldBlocks[sequence]!;',
    replacement:
      'return Math.min(this.table.heldBlocks[sequence]!, this.blocksOf(this.forms + this.table.offset[sequence]!));',
  },
  {
    name: 'rejected draft kept',
    file: speculatingRows,
    breaks: 'a sequence that leaves counts a rejected draft as computed',
    find: 'return this.forms + this.table.offset[sequence]!;',
    replacement: 'return this.forms + this.table.offset[sequence]! + 1;',
  },
  {
    name: 'drafts outside the budget',
    file: batchFormer,
    breaks: 'drafts use none of the token budget',
    find: 'maxBatchTokens - rows.count * rows.tokensPerRow - this.run.chunkTokens;',
    replacement: 'maxBatchTokens - rows.count - this.run.chunkTokens;',
  },
  {
    name: 'drafts not sampled',
    file: formedRun,
    breaks: 'only one position of a decode row is sampled',
    find: 'this.decodeRows * this.tokensPerDecodeRow + completedPrompts',
    replacement: 'this.decodeRows + completedPrompts',
  },
  {
    name: 'burst without gaps',
    file: formedRun,
    breaks: 'the ITL leaves out the gaps inside a burst',
    find: 'if (tokens > bursts) histogram.add(0, tokens - bursts);',
    replacement: '',
  },
  {
    name: 'cancelled burst heard',
    file: formedRun,
    breaks: 'accepted drafts of a cancelled row that was formed ahead count as delivered',
    find: 'if (this.speculating) this.silentTokens += this.speculating.lastTokensOf(sequence);',
    replacement: 'if (this.speculating) this.silentTokens++;',
  },
];
