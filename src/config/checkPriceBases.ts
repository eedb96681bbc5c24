import type { Report } from './inputSchema.js';
import type { LoadedExperiment } from './loadedExperiment.js';

/** Warns when prices of different kinds are compared: what one rents against what one owns, or rents for another term. */
export function checkPriceBases(mixes: readonly LoadedExperiment[], warn: Report): void {
  const bases = new Map<string, Set<string>>();
  const terms = new Map<string, Map<string, Set<string>>>();
  for (const { pools } of mixes) {
    for (const { name, priceBasis, priceTerm, usdPerUnitHour } of pools) {
      // A figure of the file that does not say what it is comparable with is taken for comparable.
      if (usdPerUnitHour === undefined || priceBasis === 'as written') continue;
      addTo(bases, priceBasis, name);
      if (priceTerm === undefined) continue;
      const ofBasis = terms.get(priceBasis) ?? new Map<string, Set<string>>();
      addTo(ofBasis, priceTerm, name);
      terms.set(priceBasis, ofBasis);
    }
  }
  const say = (message: string, hint: string) =>
    warn({ code: 'W_PRICE', message, path: ['mixes'], atKey: true, hint });
  if (bases.size > 1)
    say(
      `prices of different kinds are compared: ${listed(bases)}`,
      'Say which with prices: owned, or with a price on each pool',
    );
  for (const [basis, found] of terms) {
    if (found.size < 2) continue;
    say(
      `${basis} prices of different terms are compared: ${listed(found)}`,
      'Give the pools figures of one term, as price: 2.1 USD/h, or compare with prices: owned',
    );
  }
}

function addTo(groups: Map<string, Set<string>>, group: string, name: string): void {
  groups.set(group, (groups.get(group) ?? new Set()).add(name));
}

/** `1 year (gpu), 3 years (extra, other)`. */
function listed(groups: ReadonlyMap<string, ReadonlySet<string>>): string {
  const texts = [...groups].map(([group, names]) => `${group} (${[...names].join(', ')})`);
  return texts.sort().join(', ');
}
