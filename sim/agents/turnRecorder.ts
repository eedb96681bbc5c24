import { type SessionTable, TurnEnd, type TurnRecord, type TurnTable } from '../facts/turnTable.js';
import { Columns } from './columns.js';
import type { TurnPerception } from './perceivedWait.js';
import type { StepLog } from './stepLog.js';

/** Turns whose steps are kept. */
const keptRecords = 50;

/** Collects the turns and sessions of a run, and the steps of its slowest turns. */
export class TurnRecorder {
  private readonly turnColumns = new Columns(
    ['population', 'human', 'session', 'task', 'end', 'succeeded', 'calls'],
    [
      'submitMs',
      'firstUsefulMs',
      'yieldMs',
      'nextMs',
      'waitMs',
      'longestGapMs',
      'noticeMs',
      'resumptionMs',
      'readingMs',
      'thinkingMs',
      'seatMs',
      'promptTokens',
      'outputTokens',
    ],
  );
  private readonly sessionColumns = new Columns(
    [
      'population',
      'human',
      'end',
      'tasks',
      'succeededTasks',
      'turns',
      'calls',
      'contextTokens',
      'compactions',
    ],
    ['startMs', 'endMs'],
  );
  private readonly turnRecords: { turn: number; waitMs: number; log: StepLog }[] = [];

  beginSession(population: number, human: number, timeMs: number): number {
    const row = this.sessionColumns.addRow();
    const { int, float } = this.sessionColumns;
    int.population![row] = population;
    int.human![row] = human;
    float.startMs![row] = timeMs;
    return row;
  }

  endSession(session: number, contextTokens: number, timeMs: number): void {
    const { int, float } = this.sessionColumns;
    int.end![session] = 1;
    int.contextTokens![session] = contextTokens;
    float.endMs![session] = timeMs;
  }

  noteContext(session: number, contextTokens: number): void {
    this.sessionColumns.int.contextTokens![session] = contextTokens;
  }

  addCall(session: number): void {
    this.sessionColumns.int.calls![session]!++;
  }

  addCompaction(session: number): void {
    this.sessionColumns.int.compactions![session]!++;
  }

  /** A task ended with this turn. */
  endTask(session: number, turn: number, hasSucceeded: boolean): void {
    const { int } = this.sessionColumns;
    int.tasks![session]!++;
    if (!hasSucceeded) return;
    int.succeededTasks![session]!++;
    this.turnColumns.int.succeeded![turn] = 1;
  }

  beginTurn(
    population: number,
    human: number,
    session: number,
    task: number,
    timeMs: number,
  ): number {
    const row = this.turnColumns.addRow();
    const { int, float } = this.turnColumns;
    int.population![row] = population;
    int.human![row] = human;
    int.session![row] = session;
    int.task![row] = task;
    int.end![row] = TurnEnd.open;
    float.submitMs![row] = timeMs;
    this.sessionColumns.int.turns![session]!++;
    return row;
  }

  endTurn(
    row: number,
    end: TurnEnd,
    timeMs: number,
    perception: TurnPerception,
    work: { calls: number; promptTokens: number; outputTokens: number },
  ): void {
    const { int, float } = this.turnColumns;
    int.end![row] = end;
    int.calls![row] = work.calls;
    float.promptTokens![row] = work.promptTokens;
    float.outputTokens![row] = work.outputTokens;
    float.firstUsefulMs![row] = perception.firstUsefulMs;
    float.yieldMs![row] = timeMs;
    float.waitMs![row] = perception.waitMs;
    let longestMs = 0;
    for (const { fromMs, untilMs } of perception.gaps) {
      longestMs = Math.max(longestMs, untilMs - fromMs);
    }
    float.longestGapMs![row] = longestMs;
  }

  /** A turn that had yielded turns out to have ended otherwise. */
  setEnd(row: number, end: TurnEnd): void {
    this.turnColumns.int.end![row] = end;
  }

  setHuman(
    row: number,
    times: {
      noticeMs: number;
      resumptionMs: number;
      readingMs: number;
      thinkingMs: number;
      /** NaN: not yet known; left out: there is no queue for the human. */
      seatMs?: number;
    },
  ): void {
    const { float } = this.turnColumns;
    float.noticeMs![row] = times.noticeMs;
    float.resumptionMs![row] = times.resumptionMs;
    float.readingMs![row] = times.readingMs;
    float.thinkingMs![row] = times.thinkingMs;
    float.seatMs![row] = times.seatMs ?? 0;
  }

  setSeat(row: number, seatMs: number): void {
    this.turnColumns.float.seatMs![row] = seatMs;
  }

  setNext(row: number, nextMs: number): void {
    this.turnColumns.float.nextMs![row] = nextMs;
  }

  /**
   * Keeps the steps of a turn if it is among the slowest so far, and tells whether it did: the log is the
   * recorder's then. Turns from before time 0 are not looked at.
   */
  offerRecord(turn: number, waitMs: number, log: StepLog): boolean {
    if (this.turnColumns.float.submitMs![turn]! < 0) return false;
    const records = this.turnRecords;
    const last = records[records.length - 1];
    if (records.length === keptRecords && waitMs <= last!.waitMs) return false;
    let place = records.length;
    while (place > 0 && records[place - 1]!.waitMs < waitMs) place--;
    records.splice(place, 0, { turn, waitMs, log });
    if (records.length > keptRecords) records.pop();
    return true;
  }

  turns(): TurnTable {
    const { int, float } = this.turnColumns.finished();
    return { count: this.turnColumns.count, ...int, ...float } as unknown as TurnTable;
  }

  sessions(): SessionTable {
    const { int, float } = this.sessionColumns.finished();
    return { count: this.sessionColumns.count, ...int, ...float } as unknown as SessionTable;
  }

  /** Slowest first. */
  get records(): readonly TurnRecord[] {
    return this.turnRecords.map(({ turn, waitMs, log }) => ({ turn, waitMs, steps: log.steps() }));
  }
}
