import type { AgentsRun, RunResult } from '../run/runResult.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { SessionFacts } from './sessionFacts.js';

/** The turns of one run that a number is about: those of some session populations. */
export interface TurnSlice {
  readonly run: RunResult;
  readonly agents: AgentsRun;
  readonly window: MeasuredWindow;
  /** By population index; undefined: not part of the slice. */
  readonly facts: readonly (SessionFacts | undefined)[];
  /** Rows of turns that were submitted in the window. */
  readonly rows: readonly number[];
  /** Hours that humans of the slice spent with their sessions in the window, waiting included. */
  readonly humanHours: number;
}

/** The turns of these populations that one run measured. `populations` are some of all in `facts`. */
export function turnSlice(
  run: RunResult,
  window: MeasuredWindow,
  populations: readonly SessionFacts[],
): TurnSlice {
  const agents = run.agents!;
  const { turns } = agents;
  const facts: (SessionFacts | undefined)[] = [];
  for (const population of populations) facts[population.index] = population;
  const rows: number[] = [];
  for (let row = 0; row < turns.count; row++) {
    const submitMs = turns.submitMs[row]!;
    if (facts[turns.population[row]!] === undefined) continue;
    if (submitMs >= window.fromMs && submitMs <= window.toMs) rows.push(row);
  }
  const slice = { run, agents, window, facts, rows };
  return { ...slice, humanHours: humanHours(slice) };
}

/** Users of closed populations are there all the time; others as long as their sessions. */
function humanHours({ run, agents, window, facts }: Omit<TurnSlice, 'humanHours'>): number {
  let totalMs = 0;
  for (const population of facts) {
    totalMs += (population?.users ?? 0) * (window.toMs - window.fromMs);
  }
  const { sessions } = agents;
  for (let row = 0; row < sessions.count; row++) {
    const population = facts[sessions.population[row]!];
    if (population === undefined || population.users !== undefined) continue;
    const endMs = Number.isNaN(sessions.endMs[row]!) ? run.endMs : sessions.endMs[row]!;
    const insideMs = Math.min(window.toMs, endMs) - Math.max(window.fromMs, sessions.startMs[row]!);
    totalMs += Math.max(0, insideMs);
  }
  return totalMs / 3_600_000;
}
