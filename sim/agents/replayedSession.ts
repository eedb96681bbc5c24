import { TurnEnd } from '../facts/turnTable.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import { ReplayedAgent } from './replayedAgent.js';
import { ReplayedTurn } from './replayedTurn.js';
import type { SessionReplay } from './sessionReplay.js';

/**
 * One recorded session as it is played: its agents with their contexts, and the turns of its human. Sub-agents
 * run beside the agent that started them; nobody waits for their ends but the session.
 */
export class ReplayedSession {
  readonly owner: SessionReplay;
  /** Run-wide number. */
  readonly number: number;
  readonly human: number;
  readonly key: DrawKey;
  /** First call of the session in the trace. */
  readonly firstCall: number;
  /** The turn that the agent works on. */
  turn: ReplayedTurn | undefined = undefined;
  private readonly agents: readonly ReplayedAgent[];
  /** Per call: the stream of its context; −1 before it has one. All are held to the end of the session. */
  private readonly streams: Int32Array;
  private lastTurn: ReplayedTurn | undefined = undefined;
  private turns = 0;
  private runningAgents = 0;
  private contextTokens = 0;

  constructor(
    owner: SessionReplay,
    options: {
      readonly human: number;
      /** Session of the trace. */
      readonly recorded: number;
      readonly key: DrawKey;
      readonly startMs: number;
    },
  ) {
    const { firstAgent, firstCall } = owner.population.trace;
    this.owner = owner;
    this.human = options.human;
    this.key = options.key;
    this.number = owner.recorder.beginSession(owner.index, options.human, options.startMs);
    const [from, until] = [firstAgent[options.recorded]!, firstAgent[options.recorded + 1]!];
    this.firstCall = firstCall[from]!;
    this.streams = new Int32Array(firstCall[until]! - this.firstCall).fill(-1);
    this.agents = Array.from(
      { length: until - from },
      (_, place) => new ReplayedAgent(this, from + place, place),
    );
  }

  start(timeMs: number): void {
    // First calls begin like each other, whichever is sent first.
    for (const agent of this.agents) this.makeContext(agent.call);
    this.startAgents(-1, timeMs);
  }

  /** Makes the context of a call: a fork of the one that it goes on from, which has been made. */
  makeContext(call: number): void {
    const { forks, population, prefixStream, world } = this.owner;
    const { streams } = world;
    const parent = forks.parent[call]!;
    const prefixTokens = Math.min(
      population.sharedPrefixTokens,
      population.trace.promptTokens[call]!,
    );
    const beginsWithPrefix = prefixStream >= 0 && this.isMain(call);
    let stream: number;
    if (beginsWithPrefix && prefixTokens > forks.forkTokens[call]!) {
      stream = streams.addFork(prefixStream, prefixTokens);
    } else if (parent < 0) stream = streams.addRoot();
    else stream = streams.addFork(this.streamOf(parent), forks.forkTokens[call]!);
    this.streams[call - this.firstCall] = stream;
  }

  streamOf(call: number): number {
    return this.streams[call - this.firstCall]!;
  }

  /** The first agent sends a call: the human's, when no turn is open. */
  beginTurnIfNone(timeMs: number): void {
    if (this.turn !== undefined) return;
    this.lastTurn?.setNext(timeMs);
    this.turn = new ReplayedTurn(this, this.turns++, timeMs);
  }

  /** `gapMs`: until the human submits again; undefined when the recording ends here. */
  endTurn(end: TurnEnd, gapMs: number | undefined, timeMs: number): void {
    this.turn!.end(end, gapMs, timeMs);
    this.lastTurn = this.turn;
    this.turn = undefined;
  }

  /** A call of the first agent was answered: the sub-agents start that it asked for. */
  endMainCall(call: number, timeMs: number): void {
    const { promptTokens, outputTokens } = this.owner.population.trace;
    this.contextTokens = promptTokens[call]! + outputTokens[call]!;
    this.startAgents(call, timeMs);
  }

  endAgent(timeMs: number): void {
    if (--this.runningAgents > 0) return;
    this.owner.recorder.endSession(this.number, this.contextTokens, timeMs);
    for (const stream of this.streams) {
      if (stream >= 0) this.owner.world.streams.release(stream);
    }
    this.owner.endSession(this);
  }

  close(timeMs: number): void {
    if (this.turn) this.endTurn(TurnEnd.open, undefined, timeMs);
    this.owner.recorder.noteContext(this.number, this.contextTokens);
  }

  private startAgents(afterCall: number, timeMs: number): void {
    for (const agent of this.agents) {
      if (agent.afterCall !== afterCall) continue;
      this.runningAgents++;
      agent.start(timeMs);
    }
  }

  private isMain(call: number): boolean {
    return this.agents.length < 2 || call < this.agents[1]!.firstCall;
  }
}
