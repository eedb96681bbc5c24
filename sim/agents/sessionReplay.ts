import { mean } from 'd3-array';
import type { Placement } from '../fleet/placement.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { Uniform } from '../kernel/random.js';
import { type ArrivalCursor, arrivalTimes } from '../workload/arrivals.js';
import { replayTimes } from '../workload/traceReplay.js';
import type { AgentWorld } from './agentWorld.js';
import type { GraphFleet } from './compiledGraph.js';
import { ReplayedSession } from './replayedSession.js';
import { planSessionForks, type SessionForks } from './sessionForks.js';
import type { SessionReplayPopulation } from './sessionReplayPopulation.js';
import type { TurnRecorder } from './turnRecorder.js';

/** A population of recorded sessions as it runs: starts sessions, and holds what is common to them. */
export class SessionReplay {
  readonly index: number;
  readonly world: AgentWorld;
  readonly population: SessionReplayPopulation;
  readonly recorder: TurnRecorder;
  readonly forks: SessionForks;
  /** No call is sent from here on. */
  readonly horizonMs: number;
  /** Where the calls of the agents that humans talk to go, and those of sub-agents. */
  readonly place: Placement;
  readonly subAgentPlace: Placement;
  /** Stream of the shared prefix; −1 without one. */
  readonly prefixStream: number;
  private readonly key: DrawKey;
  private readonly live = new Set<ReplayedSession>();

  constructor(
    population: SessionReplayPopulation,
    options: {
      readonly index: number;
      readonly world: AgentWorld;
      readonly key: DrawKey;
      readonly fleet: GraphFleet;
      readonly recorder: TurnRecorder;
      readonly horizonMs: number;
    },
  ) {
    const { name, role, trace, sharedPrefixTokens } = population;
    this.index = options.index;
    this.world = options.world;
    this.population = population;
    this.recorder = options.recorder;
    this.forks = planSessionForks(trace);
    this.horizonMs = options.horizonMs;
    const meanOutput = () => mean(trace.outputTokens) ?? 1;
    this.place = options.fleet.placementOf(role, 'main', meanOutput);
    this.subAgentPlace = options.fleet.placementOf(role, 'sub-agent', meanOutput);
    this.prefixStream = sharedPrefixTokens > 0 ? this.world.prefixStream(`replay/${name}`) : -1;
    this.key = options.key;
  }

  /** Begins the population: only the next session stands in the calendar. */
  start(arrivals: Uniform): void {
    const { calendar } = this.world;
    const { sessionCount } = this.population.trace;
    const starts = this.starts(arrivals);
    let started = 0;
    const announceNext = () => {
      const nextMs = starts.next();
      if (nextMs < Number.POSITIVE_INFINITY) calendar.scheduleArrival(nextMs, handleStart, 0);
    };
    const handleStart = (timeMs: number) => {
      const human = started++;
      announceNext();
      const session = new ReplayedSession(this, {
        human,
        recorded: human % sessionCount,
        key: this.key.child(human),
        startMs: timeMs,
      });
      this.live.add(session);
      session.start(timeMs);
    };
    announceNext();
  }

  endSession(session: ReplayedSession): void {
    this.live.delete(session);
  }

  /** The run ends: open turns and sessions are recorded as they stand. */
  close(timeMs: number): void {
    for (const session of this.live) session.close(timeMs);
  }

  private starts(arrivals: Uniform): ArrivalCursor {
    const { starts, trace } = this.population;
    const { grid } = this.world;
    if (starts.kind === 'arrivals') {
      return arrivalTimes(starts.process, arrivals, grid, this.horizonMs);
    }
    const recorded = { count: trace.sessionCount, arrivalMs: trace.startMs };
    return replayTimes({ ...starts, trace: recorded }, grid, this.horizonMs);
  }
}
