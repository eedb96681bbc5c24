import type { SessionReplayPopulation } from '../../sim/agents/sessionReplayPopulation.js';
import { lawMean } from '../../sim/laws/lawMean.js';
import type { LawSource, ReplaySource } from '../../sim/run/scenario.js';
import { tilePeriodMs } from '../../sim/workload/traceReplay.js';
import { meanRate } from './meanRate.js';

/** What a population asks for on average: the input of the arithmetic before a run. */
export interface Demand {
  readonly role: string;
  readonly requestsPerSec: number;
  /** Of the prompt: tokens after the shared prefix, and the prefix. */
  readonly freshTokens: number;
  readonly sharedTokens: number;
  readonly outputTokens: number;
}

/** The demand of requests by laws. */
export function demandOfLaws(role: string, source: LawSource, horizonMs: number): Demand {
  return {
    role,
    requestsPerSec: 1000 * source.batch * meanRate(source.arrivals, horizonMs),
    freshTokens: lawMean(source.promptTokens),
    sharedTokens: source.sharedPrefix?.tokens ?? 0,
    outputTokens: lawMean(source.outputTokens),
  };
}

/** The demand of a replayed trace, while it plays within the horizon. All of its prompts count as fresh. */
export function demandOfReplay(role: string, source: ReplaySource, horizonMs: number): Demand {
  const { trace, rateFactor } = source;
  const playedMs = Math.min(tilePeriodMs(trace), horizonMs * rateFactor);
  let count = 0;
  let freshTokens = 0;
  let outputTokens = 0;
  while (count < trace.count && trace.arrivalMs[count]! <= playedMs) {
    freshTokens += trace.promptTokens[count]!;
    outputTokens += trace.outputTokens[count]!;
    count++;
  }
  return {
    role,
    // A trace whose requests all come at once has no rate.
    requestsPerSec: playedMs === 0 ? 0 : (1000 * count * rateFactor) / playedMs,
    freshTokens: count === 0 ? 0 : freshTokens / count,
    sharedTokens: 0,
    outputTokens: count === 0 ? 0 : outputTokens / count,
  };
}

/** The demand of recorded sessions, as if every one that starts within the horizon were played to its end. */
export function demandOfSessionReplay(
  { role, trace, starts, sharedPrefixTokens }: SessionReplayPopulation,
  horizonMs: number,
): Demand {
  const { sessionCount, callCount, startMs } = trace;
  const mean = (tokens: (call: number) => number) => {
    let sum = 0;
    for (let call = 0; call < callCount; call++) sum += tokens(call);
    return sum / callCount;
  };
  return {
    role,
    requestsPerSec: (1000 * sessionsPerMs(starts, startMs, horizonMs) * callCount) / sessionCount,
    freshTokens: mean((call) => trace.promptTokens[call]! - trace.sharedTokens[call]!),
    sharedTokens: sharedPrefixTokens + mean((call) => trace.sharedTokens[call]!),
    outputTokens: mean((call) => trace.outputTokens[call]!),
  };
}

function sessionsPerMs(
  starts: SessionReplayPopulation['starts'],
  startMs: Float64Array,
  horizonMs: number,
): number {
  if (starts.kind === 'arrivals') return meanRate(starts.process, horizonMs);
  const periodMs = tilePeriodMs({ count: startMs.length, arrivalMs: startMs });
  const started = startMs.filter((each) => each / starts.rateFactor < horizonMs).length;
  const playedMs = Math.min(periodMs * starts.copies, horizonMs * starts.rateFactor);
  const copies = periodMs === 0 ? starts.copies : Math.max(1, playedMs / periodMs);
  return (started * copies) / horizonMs;
}
