import { TurnEnd } from '../facts/turnTable.js';
import type { CallResult } from './agentWorld.js';
import type { ReplayedSession } from './replayedSession.js';

/** One agent of a recorded session as it is played: each call is sent its gap after the one before has ended. */
export class ReplayedAgent {
  readonly firstCall: number;
  readonly afterCall: number;
  /** The next call to send, or the one under way. */
  call: number;
  private readonly session: ReplayedSession;
  private readonly endCall: number;
  /** In its session, from 0: the one that the human talks to. */
  private readonly place: number;

  constructor(session: ReplayedSession, agent: number, place: number) {
    const { firstCall, afterCall } = session.owner.population.trace;
    this.session = session;
    this.place = place;
    this.firstCall = firstCall[agent]!;
    this.afterCall = afterCall[agent]!;
    this.call = this.firstCall;
    this.endCall = firstCall[agent + 1]!;
  }

  /** The agent is started: its first call comes after its gap. */
  start(timeMs: number): void {
    this.waitFor(timeMs);
  }

  private get isMain(): boolean {
    return this.place === 0;
  }

  /** Waits for the gap of the next call. A call that would come at the horizon or after it is never sent. */
  private waitFor(timeMs: number): void {
    const { owner } = this.session;
    const sentMs = timeMs + this.gapMs();
    if (sentMs >= owner.horizonMs) return;
    owner.world.calendar.scheduleArrival(sentMs, this.send, 0);
  }

  private gapMs(): number {
    const { population, world } = this.session.owner;
    return world.grid.round(population.trace.gapMs[this.call]!);
  }

  private readonly send = (timeMs: number): void => {
    const session = this.session;
    const { owner } = session;
    const { promptTokens, outputTokens } = owner.population.trace;
    const { call } = this;
    if (this.isMain) session.beginTurnIfNone(timeMs);
    if (session.streamOf(call) < 0) session.makeContext(call);
    owner.recorder.addCall(session.number);
    const { turn } = session;
    turn?.countCall(promptTokens[call]!, outputTokens[call]!);
    const log = turn?.log;
    const entry = log?.begin(this.isMain ? 'main' : `sub-agent ${this.place}`, timeMs) ?? -1;
    owner.world.send(
      {
        population: owner.index,
        key: session.key.child(call - session.firstCall),
        place: this.isMain ? owner.place : owner.subAgentPlace,
        stream: session.streamOf(call),
        promptTokens: promptTokens[call]!,
        outputTokens: outputTokens[call]!,
        affinityKey: session.number,
        attainedTokens: turn?.attainedTokens ?? 0,
        onEnd: (result, endMs) => {
          if (turn) turn.attainedTokens += result.servedTokens;
          log?.end(entry, endMs);
          this.end(result, endMs);
        },
      },
      timeMs,
    );
  };

  private end(result: CallResult, timeMs: number): void {
    if (this.isMain) this.endMain(result, timeMs);
    else {
      // A sub-agent whose call is turned away gives up.
      this.call = result.isAnswered ? this.call + 1 : this.endCall;
    }
    if (this.call < this.endCall) this.waitFor(timeMs);
    else this.session.endAgent(timeMs);
  }

  private endMain(result: CallResult, timeMs: number): void {
    const session = this.session;
    const { outputTokens, endsTurn } = session.owner.population.trace;
    const ended = this.call;
    this.call++;
    if (result.isAnswered) {
      session.endMainCall(ended, timeMs);
      if (endsTurn[ended] === 1) {
        session.turn!.showOutput(result.firstTokenMs, timeMs, outputTokens[ended]!);
        session.endTurn(TurnEnd.answered, this.humanGapMs(), timeMs);
      } else if (this.call === this.endCall) {
        // The recording was cut in the middle of a turn.
        session.endTurn(TurnEnd.open, undefined, timeMs);
      }
      return;
    }
    this.skipTurn(ended);
    session.endTurn(TurnEnd.failed, this.humanGapMs(), timeMs);
  }

  /** A call was turned away: what was recorded after it in this turn rests on its answer, and is left out. */
  private skipTurn(failed: number): void {
    const session = this.session;
    const { endsTurn } = session.owner.population.trace;
    let last = failed;
    while (this.call < this.endCall && endsTurn[last] === 0) {
      last = this.call++;
      session.makeContext(last);
    }
  }

  private humanGapMs(): number | undefined {
    return this.call < this.endCall ? this.gapMs() : undefined;
  }
}
