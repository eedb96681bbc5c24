import { type TurnEnd, type TurnTable, turnEndNames } from '../../sim/facts/turnTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { type AgentFacts, agentFacts } from './agentFacts.js';
import { type CsvColumn, csvRows } from './csvRows.js';
import { toNanosecond } from './toNanosecond.js';

type Column = CsvColumn<AgentFacts>;

/** Every column of the file. */
export const turnColumns: readonly Column[] = [
  ['replication', ({ replication }) => replication, 'Number of the replication, from 0.'],
  [
    'turn',
    (_, row) => row,
    'Number of the turn within the replication, from 0, in the order of their submits.',
  ],
  [
    'population',
    ({ populationNames, turns }, row) => populationNames[turns.population[row]!]!,
    'Population of the human.',
  ],
  plain('human', 'Number of the human in the population, from 0.'),
  plain('session', 'Number of the session within the replication: its row in sessions.csv.'),
  plain('task', 'Number of the task in its session, from 0.'),
  [
    'end',
    ({ turns }, row) => turnEndNames[turns.end[row] as TurnEnd],
    'How the turn ended: answered, asked, interrupted, failed, or open when the run was cut.',
  ],
  plain('succeeded', '1: a task ended with this turn, and it succeeded; 0 else.'),
  plain(
    'calls',
    'LLM calls begun in the turn, those of sub-agents included. Calls made while the human is at a question count with the next turn.',
  ),
  plain('promptTokens', 'Prompt tokens of the calls of the turn, prefix hits included.'),
  plain('outputTokens', 'Output tokens that the calls of the turn ask for, reasoning included.'),
  time('submitMs', 'ms since the start (below 0: before it): the human submits.'),
  time(
    'firstUsefulMs',
    'ms since the start: the first token that the human can use; the yield where none came before it.',
  ),
  time('yieldMs', 'ms since the start: the AI yields; of an open turn, the end of the run.'),
  time(
    'nextMs',
    'ms since the start: the human is done with the turn, and submits the next one or leaves. Empty: not before the run ended.',
  ),
  time(
    'waitMs',
    'ms: the perceived wait W, the time between submit and yield without unread useful output; of an open turn so far.',
  ),
  time('longestGapMs', 'ms: the longest single stretch of such waiting.'),
  time(
    'noticeMs',
    'ms from the yield until a human who had left notices it; 0 for one who stayed. Empty, as the next four: not known when the run ended.',
  ),
  time(
    'resumptionMs',
    'ms that a human who had left needs to find the thread again; 0 for one who stayed.',
  ),
  time('readingMs', 'ms to read what was unread at the yield.'),
  time(
    'thinkingMs',
    'ms of thinking after the yield; where one observed or recorded gap stands for all that the human does, that gap.',
  ),
  time(
    'seatMs',
    'ms from the yield until a human who is at another session has turned to this one; 0 for who has one session.',
  ),
];

/** The lines of `turns.csv`: a row per turn, those from before time 0 too; empty cells where something never happened. */
export function turnsCsv(runs: readonly RunResult[]): Generator<string> {
  return csvRows(turnColumns, agentFacts(runs), ({ turns }) => turns.count);
}

function plain(name: Exclude<keyof TurnTable, 'count'>, definition: string): Column {
  return [name, ({ turns }, row) => turns[name][row]!, definition];
}

function time(name: Extract<keyof TurnTable, `${string}Ms`>, definition: string): Column {
  return [name, ({ turns }, row) => toNanosecond(turns[name][row]!), definition];
}
