import { SessionEnd, type SessionTable } from '../../sim/facts/turnTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { type AgentFacts, agentFacts } from './agentFacts.js';
import { type CsvColumn, csvRows } from './csvRows.js';
import { toNanosecond } from './toNanosecond.js';

type Column = CsvColumn<AgentFacts>;

const columns: readonly Column[] = [
  ['replication', ({ replication }) => replication],
  ['session', (_, row) => row],
  [
    'population',
    ({ populationNames, sessions }, row) => populationNames[sessions.population[row]!]!,
  ],
  plain('human'),
  ['end', ({ sessions }, row) => (sessions.end[row] === SessionEnd.done ? 'done' : 'open')],
  ...(['tasks', 'succeededTasks', 'turns', 'calls', 'contextTokens', 'compactions'] as const).map(
    plain,
  ),
  ...(['startMs', 'endMs'] as const).map(time),
];

/** The lines of `sessions.csv`: a row per session, those that began before time 0 too; no end where one is open. */
export function sessionsCsv(runs: readonly RunResult[]): Generator<string> {
  return csvRows(columns, agentFacts(runs), ({ sessions }) => sessions.count);
}

function plain(name: Exclude<keyof SessionTable, 'count'>): Column {
  return [name, ({ sessions }, row) => sessions[name][row]!];
}

function time(name: Extract<keyof SessionTable, `${string}Ms`>): Column {
  return [name, ({ sessions }, row) => toNanosecond(sessions[name][row]!)];
}
