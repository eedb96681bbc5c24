import { type TurnEnd, type TurnTable, turnEndNames } from '../../sim/facts/turnTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { type AgentFacts, agentFacts } from './agentFacts.js';
import { type CsvColumn, csvRows } from './csvRows.js';
import { toNanosecond } from './toNanosecond.js';

type Column = CsvColumn<AgentFacts>;

const columns: readonly Column[] = [
  ['replication', ({ replication }) => replication],
  ['turn', (_, row) => row],
  ['population', ({ populationNames, turns }, row) => populationNames[turns.population[row]!]!],
  ...(['human', 'session', 'task'] as const).map(plain),
  ['end', ({ turns }, row) => turnEndNames[turns.end[row] as TurnEnd]],
  ...(['succeeded', 'calls', 'promptTokens', 'outputTokens'] as const).map(plain),
  ...(['submitMs', 'firstUsefulMs', 'yieldMs', 'nextMs', 'waitMs', 'longestGapMs'] as const).map(
    time,
  ),
  ...(['noticeMs', 'resumptionMs', 'readingMs', 'thinkingMs', 'seatMs'] as const).map(time),
];

/** The lines of `turns.csv`: a row per turn, those from before time 0 too; empty cells where something never happened. */
export function turnsCsv(runs: readonly RunResult[]): Generator<string> {
  return csvRows(columns, agentFacts(runs), ({ turns }) => turns.count);
}

function plain(name: Exclude<keyof TurnTable, 'count'>): Column {
  return [name, ({ turns }, row) => turns[name][row]!];
}

function time(name: Extract<keyof TurnTable, `${string}Ms`>): Column {
  return [name, ({ turns }, row) => toNanosecond(turns[name][row]!)];
}
