import type { z } from 'zod';
import type { PlacementRule } from '../../sim/run/scenario.js';
import type { ListItem } from './lists.js';
import type { Loading } from './loading.js';
import type { placementRuleSchema } from './placementSchema.js';
import type { DocumentPath } from './readDocument.js';
import type { Sections } from './readSections.js';
import { unknownName } from './unknownName.js';

type WrittenRule = z.output<typeof placementRuleSchema>;

/** The placement rules in the order of the file; names that do not exist are reported. */
export function resolvePlacement(sections: Sections, loading: Loading): PlacementRule[] {
  const pools = new Set(sections.fleet.names);
  for (const [name, pool] of sections.fleet.values) if (pool.kind === 'gateway') pools.delete(name);
  for (const { index, value: rule } of sections.placement) {
    const path = ['placement', index];
    rule.prefer.forEach((name, position) => {
      const isList = Array.isArray(writtenPrefer(loading, index));
      const place = [...path, 'prefer', ...(isList ? [position] : [])];
      checkName('pool', name, pools, place, loading);
    });
    const { population, role } = rule.when ?? {};
    const { populations, models, fleet } = sections;
    if (population !== undefined)
      checkName(
        'population',
        population,
        populations.names,
        [...path, 'when', 'population'],
        loading,
      );
    const served = [...fleet.values.values()].flatMap((pool) =>
      pool.kind === 'gateway' ? [] : pool.serves,
    );
    if (role !== undefined)
      checkName(
        'model role',
        role,
        new Set([...models.names, ...served]),
        [...path, 'when', 'role'],
        loading,
      );
  }
  return sections.placement.map(placementRule);
}

function writtenPrefer({ document }: Loading, index: number): unknown {
  const { placement } = document.tree as { placement: { prefer: unknown }[] };
  return placement[index]?.prefer;
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

function placementRule({ value: { when, prefer, spillAt } }: ListItem<WrittenRule>): PlacementRule {
  const { interactive, role, population, contextTokens } = when ?? {};
  const { queueTime, waiting } = spillAt ?? {};
  return {
    when: {
      ...(interactive === undefined ? {} : { interactive }),
      ...(role === undefined ? {} : { role }),
      ...(population === undefined ? {} : { population }),
      ...(contextTokens === undefined ? {} : { contextTokens }),
    },
    prefer,
    spillAt: {
      ...(waiting === undefined ? {} : { waiting }),
      ...(queueTime === undefined ? {} : { queueTimeMs: queueTime }),
    },
  };
}
