import type { PlacementRule } from '../run/scenario.js';

/** What placement may know of a request. */
export interface PlacedRequest {
  readonly population: string;
  readonly role: string;
  readonly interactive: boolean;
}

/** What placement asks of a pool. */
export interface PlacementTarget {
  readonly name: string;
  readonly serves: readonly string[];
  readonly units: number;
  readonly maxWaitingPerUnit: number;
  /** Can prompt and output ever fit? */
  canHold(promptTokens: number, outputTokens: number): boolean;
  waiting(): number;
  queueTimeMs(timeMs: number): number;
}

/** Index of the chosen pool, or why there is none. */
export const noPool = { neverFits: -1, rejected: -2 } as const;

/** Chooses the pool of a request. */
export type Placement = (promptTokens: number, outputTokens: number, timeMs: number) => number;

/**
 * The placement of one kind of request. The first rule that matches decides; with none, all pools that
 * serve the role in order of name. A pool of the list is passed over when the request can never fit in
 * it, and, unless it is the last that could take it, while it spills.
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
      order: rule.prefer.flatMap((name) => serving.filter((i) => pools[i]!.name === name)),
    }));
  return (promptTokens, outputTokens, timeMs) => {
    const match =
      candidates.length > 0
        ? candidates.find(({ rule }) => matchesContext(rule, promptTokens))
        : undefined;
    const order = match?.order ?? serving;
    let outcome: number = noPool.neverFits;
    let spilled: number = noPool.neverFits;
    for (const index of order) {
      const pool = pools[index]!;
      if (!pool.canHold(promptTokens, outputTokens)) continue;
      if (pool.waiting() >= pool.maxWaitingPerUnit * pool.units) {
        outcome = noPool.rejected;
        continue;
      }
      if (match === undefined || !spills(match.rule, pool, timeMs)) return index;
      spilled = index;
    }
    // All that could take it spill: the last of them gets it.
    return spilled >= 0 ? spilled : outcome;
  };
}

function matchesKind({ when }: PlacementRule, request: PlacedRequest): boolean {
  return (
    (when.interactive === undefined || when.interactive === request.interactive) &&
    (when.role === undefined || when.role === request.role) &&
    (when.population === undefined || when.population === request.population)
  );
}

function matchesContext({ when }: PlacementRule, promptTokens: number): boolean {
  const range = when.contextTokens;
  return range === undefined || (promptTokens >= range.min && promptTokens <= range.max);
}

function spills({ spillAt }: PlacementRule, pool: PlacementTarget, timeMs: number): boolean {
  if (spillAt.waiting !== undefined && pool.waiting() >= spillAt.waiting * pool.units) return true;
  return spillAt.queueTimeMs !== undefined && pool.queueTimeMs(timeMs) >= spillAt.queueTimeMs;
}
