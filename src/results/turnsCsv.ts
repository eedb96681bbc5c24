import { type TurnEnd, type TurnTable, turnEndNames } from '../../sim/facts/turnTable.js';
import type { AgentsRun, RunResult } from '../../sim/run/runResult.js';
import { csvCell } from './csvCell.js';
import { toNanosecond } from './toNanosecond.js';

/** More rows than this are not written: whole replications from the first, as far as they fit. */
const maxRows = 1_000_000;

type Column = readonly [
  name: string,
  value: (run: RunResult, agents: AgentsRun, row: number) => number | string,
];

const columns: readonly Column[] = [
  ['replication', (run) => run.replication],
  ['turn', (_run, _agents, row) => row],
  ['population', (_, { populationNames, turns }, row) => populationNames[turns.population[row]!]!],
  ...(['human', 'session', 'task'] as const).map(plain),
  ['end', (_, { turns }, row) => turnEndNames[turns.end[row] as TurnEnd]],
  ...(['succeeded', 'calls', 'promptTokens', 'outputTokens'] as const).map(plain),
  ...(['submitMs', 'firstUsefulMs', 'yieldMs', 'nextMs', 'waitMs', 'longestGapMs'] as const).map(
    time,
  ),
  ...(['noticeMs', 'resumptionMs', 'readingMs', 'thinkingMs', 'seatMs'] as const).map(time),
];

/** The lines of `turns.csv`: a row per turn, those from before time 0 too; empty cells where something never happened. */
export function* turnsCsv(runs: readonly RunResult[]): Generator<string> {
  yield `${columns.map(([name]) => name).join(',')}\n`;
  let rows = 0;
  for (const run of runs) {
    const { agents } = run;
    if (!agents) continue;
    rows += agents.turns.count;
    // The first replication is always there.
    if (rows > maxRows && rows > agents.turns.count) return;
    for (let row = 0; row < agents.turns.count; row++) {
      yield `${columns.map(([, value]) => csvCell(value(run, agents, row))).join(',')}\n`;
    }
  }
}

function plain(name: Exclude<keyof TurnTable, 'count'>): Column {
  return [name, (_, { turns }, row) => turns[name][row]!];
}

function time(name: Extract<keyof TurnTable, `${string}Ms`>): Column {
  return [name, (_, { turns }, row) => toNanosecond(turns[name][row]!)];
}
