import type { Finding } from '../mistakes/finding.js';
import type { Loading } from './loading.js';
import { nearestName, suggestion } from './nearestName.js';
import type { Pool } from './poolSchema.js';
import type { Sections } from './readSections.js';
import type { ResolvedPopulation } from './resolvePopulations.js';
import type { Need } from './stepPart.js';
import { whoAsks } from './whoAsks.js';

/** Checks that the pools which steps name exist and are of the right kind, and warns of those that no step uses. */
export function checkResources(
  populations: readonly ResolvedPopulation[],
  { fleet }: Sections,
  { report, warn, ofMix, mistakes }: Loading,
): void {
  const used = new Set<string>();
  for (const { needs } of populations) {
    for (const need of needs) {
      if (need.kind === 'role') continue;
      used.add(need.name);
      // A pool that could not be read has been reported.
      if (fleet.names.has(need.name) && !fleet.values.has(need.name)) continue;
      const finding = wrongPool(need, fleet.values);
      if (finding !== undefined)
        report({ ...finding, message: ofMix(finding.message + whoAsks(need)), path: need.path });
    }
  }
  if (mistakes.hasErrors()) return;
  for (const [name, { kind }] of fleet.values) {
    if (!resourceKinds.includes(kind) || used.has(name)) continue;
    const message = 'no step uses this pool';
    warn({ code: 'W_UNREACHABLE', message, path: ['fleet', name], atKey: true });
  }
}

const stepOfKind: Readonly<Record<Exclude<Need['kind'], 'role'>, string>> = {
  tools: 'a tool',
  store: 'a query',
  model: 'a model step',
  sandboxes: 'a sandbox step',
};
const resourceKinds: readonly string[] = Object.keys(stepOfKind);

function wrongPool(
  { kind, name }: Need,
  pools: ReadonlyMap<string, Pool>,
): Omit<Finding, 'path'> | undefined {
  if (kind === 'role') return undefined;
  const found = pools.get(name);
  if (found?.kind === kind) return undefined;
  if (found !== undefined)
    return {
      code: 'E_REF',
      message: `${stepOfKind[kind]} runs on a pool of kind ${kind}; "${name}" is one of kind ${found.kind}`,
    };
  const fitting = [...pools].filter(([, pool]) => pool.kind === kind).map(([each]) => each);
  const nearest = nearestName(name, fitting);
  const add = `Add it to fleet: { ${name}: { kind: ${kind}, … } }`;
  const hint = nearest === undefined ? add : suggestion(name, fitting)!;
  return { code: 'E_REF', message: `no pool "${name}" of kind ${kind} in the fleet`, hint };
}
