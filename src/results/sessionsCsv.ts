import { SessionEnd, type SessionTable } from '../../sim/facts/turnTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { type AgentFacts, agentFacts } from './agentFacts.js';
import { type CsvColumn, csvRows } from './csvRows.js';
import { toNanosecond } from './toNanosecond.js';

type Column = CsvColumn<AgentFacts>;

/** Every column of the file. */
export const sessionColumns: readonly Column[] = [
  ['replication', ({ replication }) => replication, 'Number of the replication, from 0.'],
  [
    'session',
    (_, row) => row,
    'Number of the session within the replication, from 0, in the order of their starts.',
  ],
  [
    'population',
    ({ populationNames, sessions }, row) => populationNames[sessions.population[row]!]!,
    'Population of the human.',
  ],
  plain('human', 'Number of the human in the population, from 0.'),
  [
    'end',
    ({ sessions }, row) => (sessions.end[row] === SessionEnd.done ? 'done' : 'open'),
    'done: the human has left the session; open: not before the run ended.',
  ],
  plain('tasks', 'Tasks that have ended.'),
  plain('succeededTasks', 'Tasks that have ended in success.'),
  plain('turns', 'Turns that were submitted.'),
  plain('calls', 'LLM calls, those of sub-agents included.'),
  plain(
    'contextTokens',
    'Tokens of the main context at the end of the session, or of the run where it is open.',
  ),
  plain('compactions', 'Times that a context of the session was replaced by a summary.'),
  time('startMs', 'ms since the start of the run (below 0: before it): the first submit.'),
  time(
    'endMs',
    'ms since the start of the run: the human leaves the session. Empty while it is open.',
  ),
];

/** The lines of `sessions.csv`: a row per session, those that began before time 0 too; no end where one is open. */
export function sessionsCsv(runs: readonly RunResult[]): Generator<string> {
  return csvRows(sessionColumns, agentFacts(runs), ({ sessions }) => sessions.count);
}

function plain(name: Exclude<keyof SessionTable, 'count'>, definition: string): Column {
  return [name, ({ sessions }, row) => sessions[name][row]!, definition];
}

function time(name: Extract<keyof SessionTable, `${string}Ms`>, definition: string): Column {
  return [name, ({ sessions }, row) => toNanosecond(sessions[name][row]!), definition];
}
