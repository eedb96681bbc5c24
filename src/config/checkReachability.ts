import type { PlacementRule, PoolSpec, RequestPopulation } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import { suggestion } from './nearestName.js';
import type { ResolvedPopulation } from './resolvePopulations.js';

/**
 * Checks that every population has a pool to go to, by every rule that may decide for it, and warns of pools
 * that no request can reach. Only sound once all pools and populations could be resolved.
 */
export function checkReachability(
  populations: readonly ResolvedPopulation[],
  pools: readonly PoolSpec[],
  rules: readonly PlacementRule[],
  loading: Loading,
): void {
  const reached = new Set<string>();
  for (const { spec, rolePath } of populations) {
    const serving = pools.filter((pool) => pool.serves.includes(spec.role));
    if (serving.length === 0) {
      const served = pools.flatMap((pool) => pool.serves);
      const hint = suggestion(spec.role, new Set(served));
      loading.report({
        code: 'E_UNSERVED',
        message: `no pool serves the model role "${spec.role}"`,
        path: rolePath,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    for (const name of reachablePools(spec, pools, rules, loading)) reached.add(name);
  }
  if (loading.mistakes.hasErrors()) return;
  for (const { name } of pools) {
    if (reached.has(name)) continue;
    const message = 'no request can reach this pool';
    loading.warn({ code: 'W_UNREACHABLE', message, path: ['fleet', name], atKey: true });
  }
}

/** Follows the rules that may decide for a population, up to the first that always does. */
function reachablePools(
  population: RequestPopulation,
  pools: readonly PoolSpec[],
  rules: readonly PlacementRule[],
  { report }: Loading,
): string[] {
  const known = new Set(pools.map(({ name }) => name));
  const serving = pools.filter((pool) => pool.serves.includes(population.role));
  const servingNames = serving.map(({ name }) => name);
  const reached: string[] = [];
  for (const [index, { when, prefer }] of rules.entries()) {
    const applies =
      (when.interactive ?? population.interactive) === population.interactive &&
      (when.role ?? population.role) === population.role &&
      (when.population ?? population.name) === population.name;
    if (!applies) continue;
    const usable = prefer.filter((name) => servingNames.includes(name));
    const isStranded = usable.length === 0 && prefer.every((name) => known.has(name));
    if (isStranded && serving.length > 0)
      report({
        code: 'E_UNSERVED',
        message: `this rule decides for ${population.name}, but none of its pools serves "${population.role}"`,
        path: ['placement', index, 'prefer'],
        atKey: true,
      });
    reached.push(...usable);
    if (when.contextTokens === undefined) return reached;
  }
  // No rule always applies: what is left goes to any pool that serves the role.
  return [...reached, ...servingNames];
}
