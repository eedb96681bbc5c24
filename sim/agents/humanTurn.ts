import type { DrawKey } from '../kernel/hashDraw.js';
import { attentionLoss } from './attention.js';
import { perceiveTurn, type TurnPerception, type UsefulOutput } from './perceivedWait.js';
import type { PopulationRun } from './populationRun.js';
import { SessionDraw } from './stepDraw.js';

/** The human's side of one turn: what was perceived up to the yield, and when the next submit comes. */
export class HumanTurn {
  readonly row: number;
  readonly perception: TurnPerception;
  private readonly yieldMs: number;

  constructor(
    row: number,
    submitMs: number,
    yieldMs: number,
    outputs: readonly UsefulOutput[],
    readingTokensPerMs: number,
  ) {
    this.row = row;
    this.yieldMs = yieldMs;
    this.perception = perceiveTurn(submitMs, yieldMs, outputs, readingTokensPerMs);
  }

  /** Works out the human's answer and calls `onNext` when it comes. `engagedMs`: thinking, reading apart. */
  answer(
    owner: PopulationRun,
    session: number,
    engagedMs: number,
    key: DrawKey,
    onNext: (nextMs: number) => void,
  ): void {
    const { world, workload, laws, recorder } = owner;
    const { human } = workload;
    const round = (ms: number) => world.grid.round(ms);
    // An observed gap is all there is between a yield, or the human's coming to it, and the next submit.
    const gapMs =
      human.attention === undefined
        ? laws.observedGap?.(key.uniform(SessionDraw.observedGap, 0))
        : undefined;
    const readingMs = gapMs === undefined ? round(this.perception.unreadMs) : 0;
    const thinkingMs = round(gapMs ?? engagedMs);
    const seat = owner.seatOf(session);
    const loss =
      human.attention !== undefined && seat === undefined
        ? attentionLoss(
            human.attention,
            this.perception.gaps,
            this.yieldMs,
            (gap) => key.uniform(SessionDraw.leaving, gap),
            () => laws.notice!(key.uniform(SessionDraw.notice, 0)),
          )
        : { noticeMs: 0, resumptionMs: 0 };
    const noticeMs = round(loss.noticeMs);
    const resumptionMs = round(loss.resumptionMs);
    const seatMs = seat === undefined ? 0 : Number.NaN;
    recorder.setHuman(this.row, { noticeMs, resumptionMs, readingMs, thinkingMs, seatMs });
    if (seat === undefined) {
      const nextMs = this.yieldMs + noticeMs + resumptionMs + readingMs + thinkingMs;
      world.calendar.scheduleArrival(nextMs, onNext, 0);
      return;
    }
    seat.attend(
      session,
      {
        engagedMs: readingMs + thinkingMs,
        onStart: (timeMs) => recorder.setSeat(this.row, timeMs - this.yieldMs),
        onEnd: onNext,
      },
      this.yieldMs,
    );
  }
}
