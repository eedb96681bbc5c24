import type { PlantedFault } from './plantedFault.js';

const foresight = 'sim/engine/foresight.ts';
const replica = 'sim/engine/replica.ts';

/** Errors in which ends of segments need no event, and in what is caught up with afterwards. */
export const quietEndFaults: PlantedFault[] = [
  {
    name: 'newcomer passed by',
    file: replica,
    breaks: 'who comes in the last batch before a quiet end is not looked at there',
    find: 'if (form >= former.run.length) return this.attendEnd();',
    replacement: 'if (form >= former.run.length) return Wake.nothing;',
  },
  {
    name: 'newcomer to an old batch',
    file: replica,
    breaks: 'who comes after a quiet end meets the batches before it',
    find: 'this.catchUp(timeMs);\n    former.waiting.insert(sequence, timeMs);',
    replacement: 'former.waiting.insert(sequence, timeMs);',
  },
  {
    name: 'quiet end passed at its instant',
    file: replica,
    breaks: 'who comes at the very instant of a quiet end comes too late for its batch',
    find: 'while (this.quietEndMs < timeMs) this.passQuietEnd();',
    replacement: 'while (this.quietEndMs <= timeMs) this.passQuietEnd();',
  },
  {
    name: 'cancelled in an old batch',
    file: replica,
    breaks: 'who is cancelled after a quiet end is looked for in the batches before it',
    find: '    this.catchUp(timeMs);\n    const { completions, table } = this;',
    replacement: '    const { completions, table } = this;',
  },
  {
    name: 'old caches seen by the router',
    file: replica,
    breaks: 'the router sees caches as they were before a quiet end',
    find: '    this.catchUp(timeMs);\n    const isInRun',
    replacement: '    const isInRun',
  },
  {
    name: 'first tokens not told',
    file: replica,
    breaks: 'prompts that end before a quiet end give no first token',
    find: 'stampTokens(former, this.table, this.itlMs, timeMs + this.currentMs);\n    this.appliedForms = 0;\n    former.foresight',
    replacement: 'this.appliedForms = 0;\n    former.foresight',
  },
  {
    name: 'run before a quiet end not counted',
    file: replica,
    breaks: 'the gaps between the tokens of a run that ends quietly are lost',
    find: 'recordRun(former, this.itlMs);\n    this.currentMs = former.run',
    replacement: 'this.currentMs = former.run',
  },
  {
    name: 'preempted quietly',
    file: foresight,
    breaks: 'an end is taken for quiet though memory ends in its form',
    find: 'if (rows.formsThatFit(further + 1, kv.availableBlocks) <= further) return;',
    replacement: '',
    firstWorld: 3230,
  },
  {
    name: 'prompts cut short',
    file: foresight,
    breaks: 'a prompt of which a part is left is taken for complete',
    find: ' || running.partial >= 0) return;',
    replacement: ') return;',
  },
  {
    name: 'finished rows stay',
    file: foresight,
    breaks: 'rows with their last token scheduled stay in the batch that is formed at a quiet end',
    find: 'if (!this.followsPrompts) former.departures.drainFinishedRows();',
    replacement: '',
  },
  {
    name: 'quiet form takes no blocks',
    file: foresight,
    breaks: 'the form at a quiet end allocates nothing',
    find: 'if (blocks > 0) kv.allocate(blocks);',
    replacement: '',
  },
  {
    name: 'second quiet end forgotten',
    file: foresight,
    breaks: 'rows that finish after a foreseen run drain one batch late',
    find: 'this.quietMs = this.nextQuietMs;',
    replacement: 'this.quietMs = 0;',
  },
  {
    name: 'window closed quietly',
    file: foresight,
    breaks: 'a foreseen run goes on growing past the attention window',
    find: 'if (rows.growingCount > 0) return;',
    replacement: '',
  },
  {
    name: 'one answer too short',
    file: foresight,
    breaks: 'a prompt whose answer is one token is taken to decode',
    find: 'if (untilFinish === 0) return;',
    replacement: '',
  },
  {
    name: 'newcomer judged before others leave',
    file: replica,
    breaks:
      'who comes in the last iteration of others is judged by the slots and blocks that they still hold',
    find: 'if (former.foresight.drainsInRun) return this.cutRun(form);',
    replacement: '',
  },
  {
    name: 'run goes on past who waits',
    file: 'sim/engine/batchFormer.ts',
    breaks: 'who waits does not come in for sequences that complete, but with the end of the run',
    find: ' && (isDraining || this.expiryAdmits);',
    replacement: ' && this.expiryAdmits;',
  },
  {
    name: 'rest of a run forgotten',
    file: foresight,
    breaks: 'rows that finish at the end of a run in which others completed drain one batch late',
    find: 'else if (run.length === 1 + untilFinish) this.ofDecodes(untilFinish);',
    replacement: 'else this.ofDecodes(untilFinish);',
  },
];
