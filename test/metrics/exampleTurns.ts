import { type SessionTable, TurnEnd, type TurnTable } from '../../sim/facts/turnTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { chain, oneTask } from '../agents/handTasks.js';
import { exampleRun, exampleTimeline } from './exampleRun.js';
import { exampleScenario } from './exampleScenario.js';

/** One turn of an example, with what matters to the test; the rest has plain defaults. */
export interface ExampleTurn {
  readonly submitMs: number;
  readonly waitMs: number;
  /** From the submit to the yield; the wait unless told otherwise. */
  readonly turnMs?: number;
  readonly thinkingMs?: number;
  readonly readingMs?: number;
  readonly noticeMs?: number;
  readonly resumptionMs?: number;
  readonly seatMs?: number;
  readonly end?: TurnEnd;
  readonly session?: number;
  readonly human?: number;
  readonly task?: number;
  readonly population?: number;
  readonly succeeded?: boolean;
  readonly calls?: number;
}

/** A table of these turns. */
export function exampleTurns(turns: readonly ExampleTurn[]): TurnTable {
  const floats = (value: (turn: ExampleTurn) => number) => Float64Array.from(turns, value);
  const integers = (value: (turn: ExampleTurn) => number) => Int32Array.from(turns, value);
  const after = (turn: ExampleTurn) =>
    (turn.thinkingMs ?? 1000) +
    (turn.readingMs ?? 0) +
    (turn.noticeMs ?? 0) +
    (turn.resumptionMs ?? 0) +
    (turn.seatMs ?? 0);
  const yieldMs = (turn: ExampleTurn) => turn.submitMs + (turn.turnMs ?? turn.waitMs);
  const answered = (turn: ExampleTurn, value: number) =>
    turn.end === TurnEnd.open ? Number.NaN : value;
  return {
    count: turns.length,
    population: integers((turn) => turn.population ?? 0),
    human: integers((turn) => turn.human ?? 0),
    session: integers((turn) => turn.session ?? 0),
    task: integers((turn) => turn.task ?? 0),
    end: integers((turn) => turn.end ?? TurnEnd.answered),
    succeeded: integers((turn) => (turn.succeeded ? 1 : 0)),
    submitMs: floats((turn) => turn.submitMs),
    firstUsefulMs: floats(yieldMs),
    yieldMs: floats(yieldMs),
    nextMs: floats((turn) => answered(turn, yieldMs(turn) + after(turn))),
    waitMs: floats((turn) => turn.waitMs),
    longestGapMs: floats((turn) => turn.waitMs),
    noticeMs: floats((turn) => answered(turn, turn.noticeMs ?? 0)),
    resumptionMs: floats((turn) => answered(turn, turn.resumptionMs ?? 0)),
    readingMs: floats((turn) => answered(turn, turn.readingMs ?? 0)),
    thinkingMs: floats((turn) => answered(turn, turn.thinkingMs ?? 1000)),
    seatMs: floats((turn) => answered(turn, turn.seatMs ?? 0)),
    calls: integers((turn) => turn.calls ?? 1),
    promptTokens: floats(() => 100),
    outputTokens: floats(() => 10),
  };
}

const noSessions: SessionTable = {
  count: 0,
  population: new Int32Array(0),
  human: new Int32Array(0),
  end: new Int32Array(0),
  startMs: new Float64Array(0),
  endMs: new Float64Array(0),
  tasks: new Int32Array(0),
  succeededTasks: new Int32Array(0),
  turns: new Int32Array(0),
  calls: new Int32Array(0),
  contextTokens: new Int32Array(0),
  compactions: new Int32Array(0),
};

/** An hour of these turns; no requests of its own. */
export function runOfTurns(
  turns: readonly ExampleTurn[],
  changes: Partial<RunResult> = {},
): RunResult {
  return exampleRun([], {
    endMs: 3_600_000,
    ending: 'horizon',
    populationNames: ['developers'],
    agents: {
      populationNames: ['developers'],
      turns: exampleTurns(turns),
      sessions: noSessions,
      records: [],
      resources: [],
    },
    ...changes,
  });
}

/** An hour of one developer, who is judged from the first turn on. The pool costs 3.60 USD/h. */
export const hourOfTurns: Scenario = {
  ...exampleScenario,
  horizonMs: 3_600_000,
  drain: false,
  populations: [],
  agents: { populations: [oneTask(chain())], resources: [], prehistory: undefined },
};

/** A timeline on which so many are at work, and wait, in each of ten seconds. */
export function steadyTimeline(busyUnits: number, waiting: number) {
  const every = (level: number) => Array.from({ length: 10 }, () => level);
  return exampleTimeline({ busyUnits: every(busyUnits), waiting: every(waiting) });
}
