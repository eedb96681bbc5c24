import type { PlantedFault } from './plantedFault.js';

const departures = 'sim/engine/departures.ts';
const formedRun = 'sim/engine/formedRun.ts';
const completions = 'sim/engine/completions.ts';
const replica = 'sim/engine/replica.ts';
const waitingLine = 'sim/engine/waitingLine.ts';

/** Errors in when a cancelled request leaves, what it takes along, and who moves up. */
export const cancelFaults: PlantedFault[] = [
  {
    name: 'no cut for a cancel',
    file: replica,
    breaks: 'a cancelled sequence decodes on to the end of the jump',
    find: 'completions.leaveAtEnd(sequence);\n      return this.cutAt(timeMs);',
    replacement: 'completions.leaveAtEnd(sequence);\n      return Wake.nothing;',
  },
  {
    name: 'no cut for the next in line',
    file: replica,
    breaks: 'who moves up to the front of the line by a cancel waits for the end of the jump',
    find: '// Whoever is first now may be admissible inside the run.\n    return this.lookAgain(timeMs);',
    replacement: 'return Wake.nothing;',
  },
  {
    name: 'cancelled last to first',
    file: completions,
    breaks: 'of several cancelled sequences the last leaves first, so its blocks count as older',
    find: 'this.leave(aborted.items[i]!, timeMs);',
    replacement: 'this.leave(aborted.items[aborted.count - 1 - i]!, timeMs);',
  },
  {
    name: 'token in flight ignored',
    file: replica,
    breaks: 'a preempted sequence whose token is in flight leaves at once when it is cancelled',
    find: ' || table.lastTokenMs[sequence]! > timeMs;',
    replacement: ';',
  },
  {
    name: 'cancel at a boundary late',
    file: replica,
    breaks: 'what is cancelled between the end of an iteration and the next batch joins that batch',
    find: 'if (isInFlight && !this.isForming) {',
    replacement: 'if (isInFlight) {',
  },
  {
    name: 'complete but cancelled',
    file: completions,
    breaks: 'a sequence cancelled in the iteration of its last token does not count as complete',
    find: 'aborted.remove(sequence)) table.isAborted[sequence] = 0;',
    replacement: 'aborted.remove(sequence)) table.isAborted[sequence] = 1;',
  },
  {
    name: 'cancelled twice',
    file: 'sim/engine/completions.ts',
    breaks: 'a second cancel of one sequence takes it out again',
    find: 'return !wasAborted;',
    replacement: 'return true;',
  },
  {
    name: 'cancelled row heard',
    file: formedRun,
    breaks: 'the token of a cancelled row that was formed ahead counts as delivered',
    find: 'if (!this.isAsync) return;\n    this.silentRows++;',
    replacement: 'return;',
  },
  {
    name: 'cancelled row silent',
    file: formedRun,
    breaks: 'without asynchronous scheduling a cancelled row loses a token that it got',
    find: 'if (!this.isAsync) return;\n    this.silentRows++;',
    replacement: 'this.silentRows++;',
  },
  {
    name: 'cancelled row taken for a prompt',
    file: departures,
    breaks:
      'a decode row that is cancelled while a prompt completes leaves its gap as if it were that prompt',
    find: 'if (starting.remove(sequence)) run',
    replacement: 'const among = starting.count > 0; starting.remove(sequence); if (among) run',
  },
  {
    name: 'cancelled prompt forgotten',
    file: departures,
    breaks: 'the blocks that a cancelled prompt has filled do not stay cached',
    find: 'kv.release(sequence, registeredBlocks[sequence]!, heldBlocks[sequence]!);',
    replacement: 'kv.release(sequence, 0, heldBlocks[sequence]!);',
  },
  {
    name: 'cancelled prompt goes on',
    file: 'sim/engine/runningList.ts',
    breaks: 'the next chunk of a cancelled prompt is computed all the same',
    find: 'if (sequence === this.partial) this.partial = -1;',
    replacement: '',
  },
  {
    name: 'reason of the future',
    file: waitingLine,
    breaks: 'a request cancelled before a boundary is booked as blocked from that boundary on',
    find: 'if (sequence !== this.noted || earlyMs <= 0) this.settleFirst(timeMs);',
    replacement: 'if (earlyMs < Infinity) this.settleFirst(timeMs);',
  },
  {
    name: 'reason inherited',
    file: waitingLine,
    breaks: 'who moves up to the front by a cancel is not booked as waiting for the next form',
    find: 'it waits for the next form.\n      this.noteFirst(Blocked.iteration, timeMs);',
    replacement: 'it waits for the next form.',
  },
  {
    name: 'stale row',
    file: 'sim/engine/sequenceTable.ts',
    breaks: 'a cancel after the end of a request hits whoever has its row',
    find: '    this.request[sequence] = noRequest;\n',
    replacement: '',
  },
];
