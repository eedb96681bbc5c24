import { TurnEnd, type TurnTable } from '../facts/turnTable.js';
import { taskTimes } from './taskTimes.js';
import type { TurnSlice } from './turnSlice.js';

/**
 * The measures of turns, tasks, sessions and their calls that have a distribution: the values in one
 * slice, in the unit of the metric of the same name. Open turns and tasks count with their time so far.
 */
export const turnMeasures = {
  humanInFlowLatency: (slice: TurnSlice) => ofTurns(slice, (turns, row) => turns.waitMs[row]!),
  firstUsefulWait: (slice: TurnSlice) =>
    ofTurns(slice, (turns, row) => turns.firstUsefulMs[row]! - turns.submitMs[row]!),
  turnWait: (slice: TurnSlice) =>
    ofTurns(slice, (turns, row) => turns.yieldMs[row]! - turns.submitMs[row]!),
  longestGap: (slice: TurnSlice) => ofTurns(slice, (turns, row) => turns.longestGapMs[row]!),
  notificationLateness: (slice: TurnSlice) =>
    ofTurns(slice, (turns, row) =>
      slice.facts[turns.population[row]!]!.hasAttention
        ? turns.noticeMs[row]! + turns.seatMs[row]!
        : Number.NaN,
    ),
  taskTime: (slice: TurnSlice) => taskTimes(slice),
  sessionTime: (slice: TurnSlice) => sessionTimes(slice),
  contextTokens: (slice: TurnSlice) => promptsOfCalls(slice),
} as const;

export type TurnMeasure = keyof typeof turnMeasures;

/** One value per turn; failed ones apart: an error message comes fast. NaN: this turn has none. */
function ofTurns(
  { agents, rows }: TurnSlice,
  value: (turns: TurnTable, row: number) => number,
): Float64Array {
  const { turns } = agents;
  const counted = rows.filter((row) => turns.end[row] !== TurnEnd.failed);
  return Float64Array.from(counted, (row) => value(turns, row)).filter(
    (each) => !Number.isNaN(each),
  );
}

/** Of sessions that ended in the window. */
function sessionTimes({ agents, window, facts }: TurnSlice): Float64Array {
  const { sessions } = agents;
  const times: number[] = [];
  for (let row = 0; row < sessions.count; row++) {
    const endMs = sessions.endMs[row]!;
    if (facts[sessions.population[row]!] === undefined) continue;
    if (endMs >= window.fromMs && endMs <= window.toMs) times.push(endMs - sessions.startMs[row]!);
  }
  return Float64Array.from(times);
}

/** Prompt tokens of the calls that were sent in the window and have a row. */
function promptsOfCalls({ run, window, facts }: TurnSlice): Float64Array {
  const { requests } = run;
  const isInSlice: boolean[] = [];
  for (const population of facts) if (population) isInSlice[population.requestIndex] = true;
  const tokens: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    const sentMs = requests.sentMs[row]!;
    if (!isInSlice[requests.population[row]!]) continue;
    if (sentMs >= window.fromMs && sentMs <= window.toMs) tokens.push(requests.promptTokens[row]!);
  }
  return Float64Array.from(tokens);
}
