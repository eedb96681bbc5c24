import type { PoolInfo } from '../config/loadedExperiment.js';
import { formatPrice, formatShare } from '../format/formatQuantity.js';
import { plainText } from '../format/plainText.js';
import type { BreakEven } from './breakEven.js';
import type { Comparison } from './compareMixes.js';
import { wrapText } from './layoutTable.js';
import type { Paints } from './paints.js';
import { tableWidth } from './summaryText.js';

/** What the mixes are made of and cost per hour, whether that is equal, and what their chips may cost. */
export function fleetLines(comparison: Comparison, paint: Paints): string[] {
  const { mixes, prices, baseline } = comparison;
  const nameWidth = Math.max(...mixes.map(({ name }) => name.length));
  const priceTexts = prices.usdPerHour.map((price) =>
    price === undefined ? 'no price' : formatPrice(price),
  );
  const priceWidth = Math.max(...priceTexts.map((text) => text.length));
  const indent = nameWidth + priceWidth + 6;
  const fleets = mixes.flatMap(({ name, experiment }, index) => {
    const changed = (experiment.adjusted ?? []).map(
      ({ pool, from, to }) => `${pool} has ${to} instead of ${from}, for equal cost`,
    );
    const text = [...experiment.pools.map(poolText), ...changed].join('; ');
    return wrapText(plainText(text), Math.max(40, tableWidth - indent)).map((line, at) =>
      at > 0
        ? ' '.repeat(indent) + line
        : `  ${paint.bold(name.padEnd(nameWidth))}  ${priceTexts[index]!.padStart(priceWidth)}  ${line}`,
    );
  });
  const base = mixes[baseline]!.name;
  // Several mixes may hold the same chip on the same assumption.
  const ties = new Set(comparison.breakEvens.flatMap((found) => breakEvenText(found, base)));
  return [
    paint.dim('fleets'),
    ...fleets,
    ...equalityLines(comparison, paint),
    ...[...ties].flatMap((text) =>
      wrapText(plainText(text), tableWidth - 4).map(
        (line, at) => `${at > 0 ? '    ' : '  '}${line}`,
      ),
    ),
  ];
}

/** `gpu: 6 × 2 h200-sxm at 1.60 USD/h each (reserved)`. */
function poolText(pool: PoolInfo): string {
  const { name, units, hardware, acceleratorsPerUnit = 1, usdPerUnitHour, priceBasis } = pool;
  const count = Number.isFinite(units) ? `${units} × ` : '';
  const size = acceleratorsPerUnit > 1 ? `${acceleratorsPerUnit} ` : '';
  if (pool.kind !== 'engine' && usdPerUnitHour === undefined) return `${name}: ${pool.kind}`;
  const each =
    usdPerUnitHour === undefined
      ? priceBasis
      : `${formatPrice(usdPerUnitHour / acceleratorsPerUnit)} each, ${priceBasis}`;
  const onwards = pool.handsOverTo === undefined ? '' : `, prefill, decoded by ${pool.handsOverTo}`;
  return `${name}: ${count}${size}${hardware ?? pool.kind} (${each})${onwards}`;
}

function equalityLines({ mixes, prices, baseline }: Comparison, paint: Paints): string[] {
  const within = formatShare(prices.tolerance);
  if (prices.areEqual === undefined) {
    const names = mixes.filter((_, index) => prices.usdPerHour[index] === undefined);
    const list = names.map(({ name }) => name).join(', ');
    return [paint.yellow(`  no price for ${list}: costs are not compared`)];
  }
  if (prices.areEqual) return [paint.green(`  equal cost, within ${within}`)];
  const base = prices.usdPerHour[baseline]!;
  const off = mixes.flatMap(({ name }, index) => {
    const share = base > 0 ? prices.usdPerHour[index]! / base - 1 : Number.POSITIVE_INFINITY;
    if (Math.abs(share) <= prices.tolerance) return [];
    if (base === 0) return [`${name} costs something, ${mixes[baseline]!.name} nothing`];
    const text = formatShare(Math.abs(share));
    return [`${name} costs ${text} ${share > 0 ? 'more' : 'less'} than ${mixes[baseline]!.name}`];
  });
  return [paint.yellow(`  not at equal cost (within ${within}): ${off.join(', ')}`)];
}

function breakEvenText(found: BreakEven, baseline: string): string[] {
  const { mix, hardware, usdPerHour, priceBasis, assumption, sameCostUsd, sameFlowCostUsd } = found;
  const price =
    usdPerHour === undefined
      ? 'it has no price'
      : `taken at ${formatPrice(usdPerHour)}, ${priceBasis}`;
  const ties: string[] = [];
  if (sameCostUsd !== undefined) {
    ties.push(
      sameCostUsd > 0
        ? `costs the same as ${baseline} at ${formatPrice(sameCostUsd)} per accelerator`
        : `the rest of ${mix} alone costs more than ${baseline}`,
    );
  }
  if (sameFlowCostUsd !== undefined) {
    const { mean, halfWidth } = sameFlowCostUsd;
    ties.push(
      mean > 0
        ? `a minute of flow costs the same at ${formatPrice(mean, halfWidth)}`
        : 'a minute of flow costs more at any price',
    );
  }
  return [
    ...(ties.length > 0 ? [`${hardware} in ${mix}: ${ties.join('; ')}`] : []),
    ...(assumption === undefined
      ? []
      : [`${hardware} has no market price; ${price} (${assumption})`]),
  ];
}
