import type { z } from 'zod';
import type { PlacementRule } from '../../sim/fleet/placementRule.js';
import type { ListItem } from './lists.js';
import type { Loading } from './loading.js';
import type { placementRuleSchema } from './placementSchema.js';
import type { DocumentPath } from './readDocument.js';
import type { Sections } from './readSections.js';
import { unknownName } from './unknownName.js';

type WrittenRule = z.output<typeof placementRuleSchema>;

/**
 * The placement rules in the order of the file; names that do not exist are reported.
 *
 * @param labels of the steps of all workloads; undefined: not all of them could be read
 */
export function resolvePlacement(
  sections: Sections,
  labels: ReadonlySet<string> | undefined,
  loading: Loading,
): PlacementRule[] {
  const pools = new Set(sections.fleet.names);
  const served = new Set<string>();
  for (const [name, pool] of sections.fleet.values) {
    if (!('serves' in pool)) pools.delete(name);
    else for (const role of pool.serves) served.add(role);
  }
  const { populations, models } = sections;
  const known = {
    population: ['population', populations.names],
    role: ['model role', new Set([...models.names, ...served])],
    label: ['label of a step', labels],
  } as const;
  for (const { index, value: rule } of sections.placement) {
    const path = ['placement', index];
    rule.prefer?.forEach((name, position) => {
      checkName('pool', name, pools, [...path, 'prefer', position], loading);
    });
    for (const key of ['population', 'role', 'label'] as const) {
      const name = rule.when?.[key];
      const [what, names] = known[key];
      if (name !== undefined && names !== undefined)
        checkName(what, name, names, [...path, 'when', key], loading);
    }
  }
  return sections.placement.map(placementRule);
}

function checkName(
  what: string,
  name: string,
  known: ReadonlySet<string>,
  path: DocumentPath,
  { report }: Loading,
): void {
  if (!known.has(name)) report(unknownName(what, name, known, path));
}

/** The longest wait that leaves a human in flow. */
const usualTargetMs = 10_000;

function placementRule({
  value: { when, prefer = [], policy, target = usualTargetMs, spillAt },
}: ListItem<WrittenRule>): PlacementRule {
  const { interactive, role, population, label, contextTokens } = when ?? {};
  const { queueTime, waiting, wait } = spillAt ?? {};
  return {
    when: {
      ...(interactive === undefined ? {} : { interactive }),
      ...(role === undefined ? {} : { role }),
      ...(population === undefined ? {} : { population }),
      ...(label === undefined ? {} : { label }),
      ...(contextTokens === undefined ? {} : { contextTokens }),
    },
    prefer,
    ...(policy === undefined ? {} : { policy }),
    ...(policy === undefined || policy === 'fastest' ? {} : { targetMs: target }),
    spillAt: {
      ...(waiting === undefined ? {} : { waiting }),
      ...(queueTime === undefined ? {} : { queueTimeMs: queueTime }),
      ...(wait === undefined ? {} : { waitMs: wait }),
    },
  };
}
