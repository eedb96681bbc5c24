import { requestColumns } from '../results/requestsCsv.js';
import { runInfoKeys } from '../results/runInfo.js';
import { sessionColumns } from '../results/sessionsCsv.js';
import { slowestTurnsKeys } from '../results/slowestTurns.js';
import { timelineColumns } from '../results/timelineCsv.js';
import { turnColumns } from '../results/turnsCsv.js';

/** A column of a CSV file, or a key of a written file without a schema. */
export interface WrittenName {
  readonly name: string;
  /** `column of requests.csv`. */
  readonly where: string;
  readonly text: string;
}

/** Every name in the files that a run writes, those of documents with a schema apart. One name may mean something else in each file. */
export const writtenNames: readonly WrittenName[] = [
  ...columnsOf('requests.csv', requestColumns),
  ...columnsOf('turns.csv', turnColumns),
  ...columnsOf('sessions.csv', sessionColumns),
  ...columnsOf('timeline.csv', timelineColumns),
  ...keysOf('slowest-turns.json', slowestTurnsKeys),
  ...keysOf('run-info.json', runInfoKeys),
];

function columnsOf(
  file: string,
  columns: readonly (readonly [name: string, value: unknown, definition: string])[],
): WrittenName[] {
  return columns.map(([name, , text]) => ({ name, where: `column of ${file}`, text }));
}

function keysOf(file: string, keys: Readonly<Record<string, string>>): WrittenName[] {
  return Object.entries(keys).map(([name, text]) => ({ name, where: `key of ${file}`, text }));
}
