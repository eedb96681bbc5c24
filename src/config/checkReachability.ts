import type { PlacementRule } from '../../sim/fleet/placementRule.js';
import type { PoolSpec } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import { suggestion } from './nearestName.js';
import type { ResolvedPopulation } from './resolvePopulations.js';
import type { Need } from './stepPart.js';
import { whoAsks } from './whoAsks.js';

/**
 * Checks that every call has a pool to go to, by every rule that may decide for it, and warns of pools that no
 * request can reach. Only sound once all pools and populations could be resolved.
 */
export function checkReachability(
  populations: readonly ResolvedPopulation[],
  pools: readonly PoolSpec[],
  rules: readonly PlacementRule[],
  loading: Loading,
): void {
  const reached = new Set<string>();
  for (const population of populations) {
    const calls = population.needs.filter(({ kind }) => kind === 'role');
    for (const call of distinct(calls)) {
      const serving = pools.filter((pool) => pool.serves.includes(call.name));
      if (serving.length === 0) reportUnserved(call, pools, loading);
      const placed = { ...call, population: population.spec.name, ...population };
      for (const name of reachablePools(placed, pools, rules, loading)) reached.add(name);
    }
  }
  if (loading.mistakes.hasErrors()) return;
  for (const pool of pools)
    if (pool.kind === 'engine' && pool.handOver && reached.has(pool.name))
      reached.add(pool.handOver.to);
  for (const { name } of pools) {
    if (reached.has(name)) continue;
    const message = 'no request can reach this pool';
    loading.warn({ code: 'W_UNREACHABLE', message, path: ['fleet', name], atKey: true });
  }
}

/** One call for each role and label. */
function distinct(calls: readonly Need[]): Need[] {
  const byKind = new Map<string, Need>();
  for (const call of calls) {
    const key = `${call.name} ${call.label ?? ''}`;
    if (!byKind.has(key)) byKind.set(key, call);
  }
  return [...byKind.values()];
}

function reportUnserved(need: Need, pools: readonly PoolSpec[], loading: Loading): void {
  const { name: role, path } = need;
  const served = pools.flatMap((pool) => pool.serves);
  const hint = suggestion(role, new Set(served));
  loading.report({
    code: 'E_UNSERVED',
    message: loading.ofMix(`no pool serves the model role "${role}"${whoAsks(need)}`),
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A kind of call: of which population, to which role, by steps of which label. */
interface PlacedCall extends Pick<Need, 'name' | 'label'> {
  readonly population: string;
  readonly interactive: boolean;
}

/** Follows the rules that may decide for a kind of call, up to the first that always does. */
function reachablePools(
  { name: role, label, population, interactive }: PlacedCall,
  pools: readonly PoolSpec[],
  rules: readonly PlacementRule[],
  { report, ofMix }: Loading,
): string[] {
  const known = new Set(pools.map(({ name }) => name));
  const serving = pools.filter((pool) => pool.serves.includes(role));
  const servingNames = serving.map(({ name }) => name);
  const reached: string[] = [];
  for (const [index, { when, prefer }] of rules.entries()) {
    const applies =
      (when.interactive ?? interactive) === interactive &&
      (when.role ?? role) === role &&
      (when.population ?? population) === population &&
      (when.label === undefined || when.label === label);
    if (!applies) continue;
    const usable = (prefer.length === 0 ? servingNames : prefer).filter((name) =>
      servingNames.includes(name),
    );
    const isStranded = usable.length === 0 && prefer.every((name) => known.has(name));
    if (isStranded && serving.length > 0)
      report({
        code: 'E_UNSERVED',
        message: ofMix(
          `this rule decides for ${population}, but none of its pools serves "${role}"`,
        ),
        path: ['placement', index, 'prefer'],
        atKey: true,
      });
    reached.push(...usable);
    if (when.contextTokens === undefined) return reached;
  }
  // No rule always applies: what is left goes to any pool that serves the role.
  return [...reached, ...servingNames];
}
