import { isDeepStrictEqual } from 'node:util';
import type { Scenario } from '../../sim/run/scenario.js';
import { formatMs } from '../format/formatQuantity.js';

/**
 * What two mixes do not share beside their fleets: a comparison of the fleets is only fair without. A phrase
 * each, about the second.
 */
export function worldDifferences(one: Scenario, other: Scenario): string[] {
  const found: string[] = [];
  const [mine, theirs] = [populationsOf(one), populationsOf(other)];
  for (const name of [...new Set([...mine.keys(), ...theirs.keys()])].sort()) {
    if (!theirs.has(name)) found.push(`it has no population ${name}`);
    else if (!mine.has(name)) found.push(`only it has the population ${name}`);
    else if (!isDeepStrictEqual(mine.get(name), theirs.get(name)))
      found.push(`its population ${name} is another`);
  }
  if (!isDeepStrictEqual(one.agents?.prehistory, other.agents?.prehistory))
    found.push('its sessions start otherwise');
  if (one.horizonMs !== other.horizonMs)
    found.push(`its horizon is ${formatMs(other.horizonMs)}, not ${formatMs(one.horizonMs)}`);
  if (one.drain !== other.drain) found.push(other.drain ? 'it drains' : 'it is cut at its horizon');
  return found;
}

function populationsOf({ populations, agents }: Scenario): Map<string, unknown> {
  return new Map(
    [...populations, ...(agents?.populations ?? [])].map((each) => [each.name, each] as const),
  );
}
