import { type TurnEnd, type TurnRecord, turnEndNames } from '../../sim/facts/turnTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { toNanosecond } from './toNanosecond.js';
import { turnColumns } from './turnsCsv.js';

const turnKeys: ReadonlySet<string> = new Set([
  'replication',
  'turn',
  'population',
  'human',
  'session',
  'task',
  'end',
  'submitMs',
  'yieldMs',
  'waitMs',
]);

/** Turns over all replications; each has at most as many steps as the simulator logs. */
const maxTurns = 50;

/** Every key of the file, and what it says; those of a turn that are columns of `turns.csv` mean the same there. */
export const slowestTurnsKeys = {
  schema: 'Name and version of the form of the document.',
  turns: 'The turns with the longest perceived waits over all replications, longest first.',
  ...Object.fromEntries(
    turnColumns
      .filter(([name]) => turnKeys.has(name))
      .map(([name, , definition]) => [name, definition]),
  ),
  steps: 'What happened in the turn, in the order in which the steps began.',
  step: 'Id of a step of the task graph.',
  startMs: 'ms since the start of the run: the step begins.',
  endMs: 'ms since the start of the run: the step ends; null: it was cut, or outlived its turn.',
} as const;

/** The text of `slowest-turns.json`: what the turns with the longest perceived waits were made of, step by step. */
export function slowestTurnsText(runs: readonly RunResult[]): string {
  const all = runs.flatMap((run) => (run.agents?.records ?? []).map((record) => ({ run, record })));
  // Stable: of equals the earlier replication comes first.
  all.sort((a, b) => b.record.waitMs - a.record.waitMs);
  const turns = all.slice(0, maxTurns).map(({ run, record }) => turnEntry(run, record));
  return `${JSON.stringify({ schema: 'inflow-slowest-turns/1', turns }, null, 2)}\n`;
}

function turnEntry(run: RunResult, { turn, waitMs, steps }: TurnRecord) {
  const { populationNames, turns } = run.agents!;
  return {
    replication: run.replication,
    turn,
    population: populationNames[turns.population[turn]!],
    human: turns.human[turn],
    session: turns.session[turn],
    task: turns.task[turn],
    end: turnEndNames[turns.end[turn] as TurnEnd],
    submitMs: timeOrNull(turns.submitMs[turn]!),
    yieldMs: timeOrNull(turns.yieldMs[turn]!),
    waitMs: timeOrNull(waitMs),
    steps: steps.map(({ step, startMs, endMs }) => ({
      step,
      startMs: timeOrNull(startMs),
      endMs: timeOrNull(endMs),
    })),
  };
}

/** A step that was cancelled, or ran when the run was cut, has no end. */
function timeOrNull(ms: number): number | null {
  return Number.isNaN(ms) ? null : toNanosecond(ms);
}
