import type { Report } from './inputSchema.js';
import type { LoadedExperiment } from './loadedExperiment.js';

/** Warns when prices of different kinds are compared: what one rents against what one owns. */
export function checkPriceBases(mixes: readonly LoadedExperiment[], warn: Report): void {
  const poolsByBasis = new Map<string, Set<string>>();
  for (const { pools } of mixes) {
    for (const { name, priceBasis, usdPerUnitHour } of pools) {
      // A figure of the file that does not say what it is comparable with is taken for comparable.
      if (usdPerUnitHour === undefined || priceBasis === 'as written') continue;
      const names = poolsByBasis.get(priceBasis) ?? new Set();
      poolsByBasis.set(priceBasis, names.add(name));
    }
  }
  if (poolsByBasis.size < 2) return;
  const bases = [...poolsByBasis].map(([basis, names]) => `${basis} (${[...names].join(', ')})`);
  warn({
    code: 'W_PRICE',
    message: `prices of different kinds are compared: ${bases.sort().join(', ')}`,
    path: ['mixes'],
    atKey: true,
    hint: 'Say which with prices: owned, or with a price on each pool',
  });
}
