import type { PlantedFault } from './plantedFault.js';

const batchFormer = 'sim/engine/batchFormer.ts';
const departures = 'sim/engine/departures.ts';
const replica = 'sim/engine/replica.ts';
const replicaEvents = 'sim/fleet/replicaEvents.ts';
const calendar = 'sim/kernel/calendar.ts';
const waitingLine = 'sim/engine/waitingLine.ts';

/** Errors in what happens at one instant, in async scheduling, in preemption, and in the accounts of time. */
export const schedulingFaults: PlantedFault[] = [
  {
    name: 'early drain',
    file: departures,
    breaks: 'a row leaves the batch one form early',
    find: 'rows.formsUntilFinish <= 0',
    replacement: 'rows.formsUntilFinish <= 1',
  },
  {
    name: 'no stop at draining',
    file: 'sim/engine/replica.ts',
    breaks: 'a jump runs past the end of a draining sequence',
    find: 'drainsInRun ? 1 : run.length',
    replacement: 'run.length',
  },
  {
    name: 'no stop at preemption',
    file: batchFormer,
    breaks: 'a jump follows a form that preempted, in which nobody could be admitted',
    find: '!(this.preempted || joined > 0)',
    replacement: '!(joined > 0)',
  },
  {
    name: 'form before arrivals',
    file: replicaEvents,
    breaks: 'a batch is formed before the requests of the same instant arrive',
    find: 'if (this.calendar.peekMs() > timeMs) this.startIteration(timeMs, index);',
    replacement: 'if (timeMs >= 0) this.startIteration(timeMs, index);',
  },
  {
    name: 'arrivals before ends',
    file: calendar,
    breaks: 'requests arrive before the iterations of the same instant end',
    find: 'iterationEnd = 0,\n  arrival = 1,',
    replacement: 'iterationEnd = 1,\n  arrival = 0,',
  },
  {
    name: 'tied replicas by schedule',
    file: calendar,
    breaks: 'iterations that end at one instant end in the order in which they were scheduled',
    find: 'return this.add(timeMs, rank, replicaIndex, handler, subject);',
    replacement: 'return this.add(timeMs, rank, this.scheduled, handler, subject);',
    firstWorld: 330,
  },
  {
    name: 'first arrival alone',
    file: replicaEvents,
    breaks: 'an idle replica forms its batch for the first of several requests of one instant',
    find: 'wake === Wake.formNow) {\n      this.scheduleForming(timeMs, index);',
    replacement: 'wake === Wake.formNow) {\n      this.startIteration(timeMs, index);',
  },
  {
    name: 'stale duration',
    file: replica,
    breaks: 'the iteration that runs lasts as long as the first of its jump',
    find: 'run.timing.durationMs(run.length - 1);',
    replacement: 'run.timing.durationMs(0);',
  },
  {
    name: 'first token late',
    file: replica,
    breaks:
      'prompts that complete in the batch formed now get their first token one iteration early',
    find: `    stampTokens(this.former, this.table, this.itlMs, timeMs + this.currentMs);
    this.appliedForms = 0;
    former.form(timeMs, this.currentMs);`,
    replacement: `    this.appliedForms = 0;
    former.form(timeMs, this.currentMs);
    stampTokens(this.former, this.table, this.itlMs, timeMs + this.currentMs);`,
  },
  {
    name: 'draining preemption lost',
    file: departures,
    breaks: 'a sequence preempted with its last token in flight computes that token again',
    find: 'stateAfter = SequenceState.drainingPreempted;',
    replacement: 'table.generated[sequence] = table.outputTokens[sequence]! - 1;',
    firstWorld: 200,
  },
  {
    name: 'wrong draining victim',
    file: departures,
    breaks:
      'of several draining sequences, the preempted one still completes from the running list',
    find: '      draining.pop();',
    replacement: 'draining.remove(draining.first);',
    firstWorld: 200,
  },
  {
    name: 'token in flight lost',
    file: departures,
    breaks: 'a preempted sequence forgets the token that it had in flight',
    find: 'table.generated[sequence] = table.outputTokens[sequence]! - tokensLeft;',
    replacement: 'table.generated[sequence] = table.outputTokens[sequence]! - tokensLeft - 1;',
  },
  {
    name: 'head preempted',
    file: departures,
    breaks: 'preemption takes the sequence admitted first',
    find: 'const victim = running.last;',
    replacement: 'const victim = running.first;',
  },
  {
    name: 'preempted at the back',
    file: departures,
    breaks: 'a preempted sequence queues behind all others',
    find: '} else waiting.pushFirst(sequence);',
    replacement: '} else waiting.insert(sequence, currentEndMs);',
  },
  {
    name: 'reason swapped',
    file: batchFormer,
    breaks: 'waits for a slot are booked as waits for KV blocks',
    find: 'if (this.running.count >= maxSequences) return Blocked.slots;',
    replacement: 'if (this.running.count >= maxSequences) return Blocked.kvBlocks;',
  },
  {
    name: 'start not awaited',
    file: waitingLine,
    breaks: 'the wait from forming to the start of the first batch is not booked',
    find: 'table.iterationMs[sequence]! += untilStartMs;',
    replacement: '',
  },
  {
    name: 'return booked',
    file: waitingLine,
    breaks: 'what a preempted sequence waits for its way back is booked as queue time',
    find: 'if (!Number.isNaN(table.scheduledMs[sequence]!)) return;',
    replacement: '',
  },
  {
    name: 'blocked inside a jump',
    file: replica,
    breaks:
      'a request that finds no room inside a jump is booked as waiting for the iteration to end',
    find: 'former.waiting.noteFirst(reason, formMs);',
    replacement: '',
  },
  {
    name: 'gap across preemption',
    file: 'sim/engine/recordRun.ts',
    breaks: 'the gap between the tokens before and after a preemption is not in the ITL',
    find: 'else itlMs.add(timeMs - table.lastTokenMs[sequence]!);',
    replacement: '',
  },
  {
    name: 'last gap forgotten',
    file: 'sim/engine/formedRun.ts',
    breaks: 'the ITL leaves out the last iteration of a jump',
    find: 'timing.recordDurations(histogram, length, decodeRows);',
    replacement: 'timing.recordDurations(histogram, length - 1, decodeRows);',
  },
  {
    name: 'batches before other ends',
    file: calendar,
    breaks: 'a replica forms its batch before replicas of higher index end theirs',
    find: 'batchForming = 2,',
    replacement: 'batchForming = 0,',
  },
  {
    name: 'draining victim kept waiting',
    file: waitingLine,
    breaks: 'of several draining victims in the waiting line only the first completes',
    find: 'while (this.drainingCount > 0) {',
    replacement:
      'while (this.drainingCount > 0 && this.table.state[sequence] === SequenceState.drainingPreempted) {',
    firstWorld: 470,
  },
];
