import { SessionEnd, type SessionTable } from '../../sim/facts/turnTable.js';
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
  ['session', (_run, _agents, row) => row],
  [
    'population',
    (_, { populationNames, sessions }, row) => populationNames[sessions.population[row]!]!,
  ],
  plain('human'),
  ['end', (_, { sessions }, row) => (sessions.end[row] === SessionEnd.done ? 'done' : 'open')],
  ...(['tasks', 'succeededTasks', 'turns', 'calls', 'contextTokens', 'compactions'] as const).map(
    plain,
  ),
  ...(['startMs', 'endMs'] as const).map(time),
];

/** The lines of `sessions.csv`: a row per session, those that began before time 0 too; no end where one is open. */
export function* sessionsCsv(runs: readonly RunResult[]): Generator<string> {
  yield `${columns.map(([name]) => name).join(',')}\n`;
  let rows = 0;
  for (const run of runs) {
    const { agents } = run;
    if (!agents) continue;
    rows += agents.sessions.count;
    // The first replication is always there.
    if (rows > maxRows && rows > agents.sessions.count) return;
    for (let row = 0; row < agents.sessions.count; row++) {
      yield `${columns.map(([, value]) => csvCell(value(run, agents, row))).join(',')}\n`;
    }
  }
}

function plain(name: Exclude<keyof SessionTable, 'count'>): Column {
  return [name, (_, { sessions }, row) => sessions[name][row]!];
}

function time(name: Extract<keyof SessionTable, `${string}Ms`>): Column {
  return [name, (_, { sessions }, row) => toNanosecond(sessions[name][row]!)];
}
