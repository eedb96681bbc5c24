import { TurnEnd } from '../facts/turnTable.js';
import { perceiveTurn, type UsefulOutput } from './perceivedWait.js';
import type { ReplayedSession } from './replayedSession.js';
import { StepLog } from './stepLog.js';

/** One turn of a recorded session: from a submit of the human to the end of the call that answers it. */
export class ReplayedTurn {
  /** What its calls were given so far: prompt tokens computed and output tokens. */
  attainedTokens = 0;
  private readonly session: ReplayedSession;
  private readonly submitMs: number;
  private readonly row: number;
  private readonly outputs: UsefulOutput[] = [];
  readonly log = new StepLog();
  private calls = 0;
  private promptTokens = 0;
  private outputTokens = 0;

  /** `ordinal`: of the session, from 0. What a human asks for in a recording is one turn long, so it is the task too. */
  constructor(session: ReplayedSession, ordinal: number, timeMs: number) {
    const { owner, human, number } = session;
    this.session = session;
    this.submitMs = timeMs;
    this.row = owner.recorder.beginTurn(owner.index, human, number, ordinal, timeMs);
  }

  countCall(promptTokens: number, outputTokens: number): void {
    this.calls++;
    this.promptTokens += promptTokens;
    this.outputTokens += outputTokens;
  }

  /** The answer came evenly between two times. */
  showOutput(fromMs: number, untilMs: number, tokens: number): void {
    this.outputs.push({ fromMs, untilMs, tokens });
  }

  /** `gapMs`: recorded until the next submit, all of it the human's; undefined when there is none. */
  end(end: TurnEnd, gapMs: number | undefined, timeMs: number): void {
    const { owner, number } = this.session;
    const { recorder, population } = owner;
    const perception = perceiveTurn(
      this.submitMs,
      timeMs,
      this.outputs,
      population.readingTokensPerMs,
    );
    recorder.endTurn(this.row, end, timeMs, perception, {
      calls: this.calls,
      promptTokens: this.promptTokens,
      outputTokens: this.outputTokens,
    });
    recorder.offerRecord(this.row, perception.waitMs, this.log);
    if (end !== TurnEnd.open) recorder.endTask(number, this.row, end === TurnEnd.answered);
    if (gapMs === undefined) return;
    const none = { noticeMs: 0, resumptionMs: 0, readingMs: 0 };
    recorder.setHuman(this.row, { ...none, thinkingMs: gapMs });
  }

  setNext(timeMs: number): void {
    this.session.owner.recorder.setNext(this.row, timeMs);
  }
}
