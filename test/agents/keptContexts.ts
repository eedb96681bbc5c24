import type { AgentCall, AgentWorld } from '../../sim/agents/agentWorld.js';
import { PopulationRun } from '../../sim/agents/populationRun.js';
import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { SessionWorkload } from '../../sim/agents/sessionWorkload.js';
import { TurnRecorder } from '../../sim/agents/turnRecorder.js';
import { TokenStreams } from '../../sim/engine/tokenStreams.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { DrawKey } from '../../sim/kernel/hashDraw.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';

/** One call of a sampled session, on an engine that serves everybody at a nominal speed. */
export interface NominalCall {
  readonly session: number;
  readonly stream: number;
  readonly promptTokens: number;
  /** Of the context after it. */
  readonly totalTokens: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a cache per session that never fills, with a time to live, does for these calls. */
export interface KeptContexts {
  /** Share of prompt tokens found. */
  readonly hitShare: number;
  /** Token-seconds kept between calls over token-seconds of calls under way. */
  readonly suspendedToActive: number;
}

/** Samples sessions whose calls take a fixed time and a time per token; no engine, no queues. */
export function nominalCalls(
  workload: SessionWorkload,
  sessions: number,
  speed: { readonly ttftMs: number; readonly tpotMs: number },
): NominalCall[] {
  const horizonMs = 1000 * sessions;
  const calendar = new EventCalendar();
  const grid = powerOfTwoGrid(20);
  const streams = new TokenStreams();
  const shared = streams.addRoot();
  const calls: NominalCall[] = [];
  const send = (call: AgentCall, startMs: number) => {
    const firstTokenMs = startMs + grid.round(speed.ttftMs);
    const endMs = firstTokenMs + grid.round((call.outputTokens - 1) * speed.tpotMs);
    const { affinityKey: session, stream, promptTokens, outputTokens } = call;
    const totalTokens = promptTokens + outputTokens;
    calls.push({ session, stream, promptTokens, totalTokens, startMs, endMs });
    return calendar.scheduleArrival(
      endMs,
      (timeMs) => call.onEnd({ isAnswered: true, firstTokenMs, servedTokens: 0 }, timeMs),
      0,
    );
  };
  const world: AgentWorld = {
    calendar,
    grid,
    streams,
    send,
    cancel: (event) => calendar.cancel(event),
    resource: (name) => {
      throw new Error(`the workload uses ${name}`);
    },
    prefixStream: () => shared,
  };
  const randomStream = randomStreams('kept-contexts');
  const population: SessionPopulation = {
    kind: 'sessions',
    name: 'coders',
    workload,
    members: { kind: 'open', arrivals: { kind: 'poisson', ratePerMs: 1 / 1000 } },
    networkMs: { kind: 'constant', value: 0 },
  };
  const run = new PopulationRun(population, {
    index: 0,
    world,
    key: DrawKey.fromStream(randomStream('population')),
    recorder: new TurnRecorder(),
    fleet: { placementOf: () => () => 0, windowTokensOf: () => 200_000 },
  });
  run.start(0, 0, horizonMs, randomStream('arrivals'));
  calendar.run(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return calls;
}

/** Keeps the last context of each session for `ttlMs` after each call, and the one of its last call as well. */
export function keepContexts(calls: readonly NominalCall[], ttlMs: number): KeptContexts {
  const last = new Map<number, NominalCall>();
  let hitTokens = 0;
  let promptTokens = 0;
  let active = 0;
  let suspended = 0;
  for (const call of calls) {
    const before = last.get(call.session);
    last.set(call.session, call);
    promptTokens += call.promptTokens;
    active += call.totalTokens * (call.endMs - call.startMs);
    if (before === undefined) continue;
    const gapMs = Math.max(0, call.startMs - before.endMs);
    suspended += before.totalTokens * Math.min(gapMs, ttlMs);
    // A compacted context begins anew.
    if (gapMs <= ttlMs && call.promptTokens >= before.promptTokens)
      hitTokens += Math.min(before.totalTokens, call.promptTokens);
  }
  for (const { totalTokens } of last.values()) suspended += totalTokens * ttlMs;
  return { hitShare: hitTokens / promptTokens, suspendedToActive: suspended / active };
}
