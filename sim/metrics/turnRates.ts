import { TurnEnd } from '../facts/turnTable.js';
import { attendedTime } from './attendedTime.js';
import { countTasks } from './countTasks.js';
import { flowRuns } from './flowRuns.js';
import type { SessionFacts } from './sessionFacts.js';
import type { TurnSlice } from './turnSlice.js';

/** The metrics of turns that are one number per replication, NaN where there is nothing to measure, and their samples. */
export type TurnRates = ReturnType<typeof turnRates>;

/** Shares, rates and ratios of one slice. */
export function turnRates(slice: TurnSlice) {
  const counts = countTurns(slice);
  const time = attendedTime(slice);
  const flow = flowRuns(slice);
  const oneSessionMs = time.engagedMs + time.waitMs + time.lostMs;
  const attendedHours = (oneSessionMs + time.seatMs) / 3_600_000;
  const { turns, ended, classes } = counts;
  const tasks = countTasks(slice);
  return {
    flowFraction: ratio(classes.immediate + classes.inFlow, classes.all),
    immediateShare: ratio(classes.immediate, classes.all),
    inFlowShare: ratio(classes.inFlow, classes.all),
    strainedShare: ratio(classes.strained, classes.all),
    brokenShare: ratio(classes.broken, classes.all),
    humanBottleneckRatio: ratio(time.engagedMs + time.seatBusyMs, oneSessionMs + time.seatMs),
    waitingShare: ratio(time.waitMs, oneSessionMs),
    attentionShare: ratio(time.lostMs, oneSessionMs),
    steersPerHour: ratio(time.turns, attendedHours),
    flowSessionsPerHour: ratio(flow.count, attendedHours),
    flowMinutesPerHour: ratio(flow.attendedMs / 60_000, attendedHours),
    attentionLossShare: ratio(counts.lost, counts.couldLose),
    offTaskShare: ratio(time.offTaskTurns, time.turns + time.offTaskTurns),
    turnsPerHour: ratio(turns, slice.humanHours),
    callsPerTurn: ratio(counts.calls, turns),
    callsPerDeveloperHour: ratio(counts.calls, slice.humanHours),
    interruptedShare: ratio(counts.interrupted, ended),
    failedShare: ratio(counts.failed, ended),
    successShare: ratio(tasks.succeeded, tasks.ended),
    compactions: compactionsPerSession(slice),
    turns,
  };
}

function countTurns({ run, agents, facts, rows }: TurnSlice) {
  const { turns } = agents;
  const cutMs = run.ending === 'drained' ? Number.POSITIVE_INFINITY : run.endMs;
  const count = { calls: 0, ended: 0, interrupted: 0, failed: 0, couldLose: 0, lost: 0 };
  const classes = { immediate: 0, inFlow: 0, strained: 0, broken: 0, all: 0 };
  for (const row of rows) {
    const population = facts[turns.population[row]!]!;
    const end = turns.end[row];
    // A turn that had less time than this before the run was cut is known to be quick, or not known at all.
    if (turns.submitMs[row]! + population.flowClassesMs[2] <= cutMs) {
      classes[flowClass(population, end === TurnEnd.failed, turns.waitMs[row]!)]++;
      classes.all++;
    }
    count.calls += turns.calls[row]!;
    if (end === TurnEnd.open) continue;
    count.ended++;
    if (end === TurnEnd.interrupted) count.interrupted++;
    if (end === TurnEnd.failed) count.failed++;
    if (!population.hasAttention || population.sharesHuman) continue;
    count.couldLose++;
    if (turns.noticeMs[row]! + turns.resumptionMs[row]! > 0) count.lost++;
  }
  return { ...count, turns: rows.length, classes };
}

/** Whoever gets an error is not in flow, however fast it came. */
function flowClass({ flowClassesMs }: SessionFacts, hasFailed: boolean, waitMs: number) {
  const [immediateMs, inFlowMs, strainedMs] = flowClassesMs;
  if (hasFailed || waitMs > strainedMs) return 'broken';
  if (waitMs > inFlowMs) return 'strained';
  return waitMs > immediateMs ? 'inFlow' : 'immediate';
}

/** Over the whole run, and what came before it. */
function compactionsPerSession({ agents, facts }: TurnSlice): number {
  const { sessions } = agents;
  let count = 0;
  let compactions = 0;
  for (let row = 0; row < sessions.count; row++) {
    if (facts[sessions.population[row]!] === undefined) continue;
    count++;
    compactions += sessions.compactions[row]!;
  }
  return ratio(compactions, count);
}

function ratio(amount: number, of: number): number {
  return of > 0 ? amount / of : Number.NaN;
}
