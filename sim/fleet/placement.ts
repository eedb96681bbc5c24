import { privateContext } from '../engine/tokenStreams.js';
import { isBetter, type PoolScore, scorePool } from './placementPolicy.js';
import type { PlacementRule } from './placementRule.js';
import type { StepEstimate } from './stepEstimate.js';

/** What placement may know of a request. */
export interface PlacedRequest {
  readonly population: string;
  readonly role: string;
  readonly interactive: boolean;
  /** Of the `infer` step that asks; undefined for plain requests. */
  readonly label?: string | undefined;
  /** Output tokens that are declared for it, on average; 1 where nothing is. Policies ask for it. */
  readonly meanOutputTokens?: (() => number) | undefined;
}

/** What placement asks of a pool. */
export interface PlacementTarget {
  readonly name: string;
  readonly serves: readonly string[];
  /** What `spillAt.waiting` counts per: replicas of an engine pool, 1 for a station with its one queue. */
  readonly units: number;
  /** Can prompt and output ever fit? */
  canHold(promptTokens: number, outputTokens: number): boolean;
  /** May a request with this prompt enter now, at once or to wait? */
  hasRoom(promptTokens: number, timeMs: number): boolean;
  waiting(): number;
  queueTimeMs(timeMs: number): number;
  /** What a call is expected to take here. The result is filled anew by each call. */
  estimate(
    stream: number,
    promptTokens: number,
    outputTokens: number,
    timeMs: number,
  ): StepEstimate;
}

/**
 * Index of the chosen pool; −1: the request can never fit in any that it may use.
 *
 * @param stream token stream of the context, for who asks what is cached where (default: one that nobody has)
 */
export type Placement = (
  promptTokens: number,
  outputTokens: number,
  timeMs: number,
  stream?: number,
) => number;

/**
 * The placement of one kind of request. The first rule that matches decides; with none, all pools that
 * serve the role in order of name. A pool of the list is passed over when the request can never fit in
 * it, while its waiting room is full, and, unless it is the last that has room, while it spills. When all
 * are full the last of them is chosen, and turns the request away. A rule with a policy chooses among the
 * pools that have room by what they are expected to take and cost, equals in its order.
 */
export function buildPlacement(
  request: PlacedRequest,
  rules: readonly PlacementRule[],
  pools: readonly PlacementTarget[],
): Placement {
  const serving = pools
    .map((_, index) => index)
    .filter((i) => pools[i]!.serves.includes(request.role));
  const candidates = rules
    .filter((rule) => matchesKind(rule, request))
    .map((rule) => ({
      rule,
      order:
        rule.prefer.length === 0
          ? serving
          : rule.prefer.flatMap((name) => serving.filter((i) => pools[i]!.name === name)),
      meanOutput: rule.policy ? (request.meanOutputTokens?.() ?? 1) : 1,
    }));
  return (promptTokens, outputTokens, timeMs, stream = privateContext) => {
    const match =
      candidates.length > 0
        ? candidates.find(({ rule }) => matchesContext(rule, promptTokens))
        : undefined;
    const order = match?.order ?? serving;
    let spilling = -1;
    let full = -1;
    let best: PoolScore | undefined;
    let chosen = -1;
    for (const index of order) {
      const pool = pools[index]!;
      if (!pool.canHold(promptTokens, outputTokens)) continue;
      if (!pool.hasRoom(promptTokens, timeMs)) full = index;
      else if (match?.rule.policy !== undefined) {
        const { policy, targetMs = 0 } = match.rule;
        const estimate = pool.estimate(stream, promptTokens, match.meanOutput, timeMs);
        const score = scorePool(policy, targetMs, estimate);
        if (best !== undefined && !isBetter(score, best)) continue;
        best = score;
        chosen = index;
      } else if (match === undefined || !spills(match.rule, pool, promptTokens, timeMs, stream))
        return index;
      else spilling = index;
    }
    if (chosen >= 0) return chosen;
    return spilling >= 0 ? spilling : full;
  };
}

function matchesKind({ when }: PlacementRule, request: PlacedRequest): boolean {
  return (
    (when.interactive === undefined || when.interactive === request.interactive) &&
    (when.role === undefined || when.role === request.role) &&
    (when.population === undefined || when.population === request.population) &&
    (when.label === undefined || when.label === request.label)
  );
}

function matchesContext({ when }: PlacementRule, promptTokens: number): boolean {
  const range = when.contextTokens;
  return range === undefined || (promptTokens >= range.min && promptTokens <= range.max);
}

function spills(
  { spillAt }: PlacementRule,
  pool: PlacementTarget,
  promptTokens: number,
  timeMs: number,
  stream: number,
): boolean {
  if (spillAt.waiting !== undefined && pool.waiting() >= spillAt.waiting * pool.units) return true;
  if (spillAt.queueTimeMs !== undefined && pool.queueTimeMs(timeMs) >= spillAt.queueTimeMs)
    return true;
  if (spillAt.waitMs === undefined) return false;
  const { queueMs, prefillMs } = pool.estimate(stream, promptTokens, 1, timeMs);
  return queueMs + prefillMs >= spillAt.waitMs;
}
