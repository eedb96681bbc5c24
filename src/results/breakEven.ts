import { fleetUsdPerHour, poolUsdPerHour } from '../../sim/metrics/fleetPrice.js';
import { type MeanInterval, tInterval } from '../../sim/statistics/tInterval.js';
import type { ComparedMix } from './comparedMix.js';

/** What an accelerator that the baseline does not have may cost for its mix to tie with the baseline. */
export interface BreakEven {
  readonly mix: string;
  /** Hardware profile. */
  readonly hardware: string;
  readonly accelerators: number;
  /** Price of one per hour in this comparison, and where the figure comes from. */
  readonly usdPerHour: number | undefined;
  readonly priceBasis: string;
  /** What its price rests on where the hardware has no market price. */
  readonly assumption: string | undefined;
  /** Price at which both fleets cost the same per hour; below 0: the rest of the fleet costs more already. Undefined while another price is missing. */
  readonly sameCostUsd: number | undefined;
  /** Price at which both cost the same per minute that humans spend in flow; its half-width is NaN for one replication. Undefined without humans. */
  readonly sameFlowCostUsd: MeanInterval | undefined;
}

/** What the price of a hardware profile rests on; undefined where that has a market price, or is not known. */
export type AssumptionOf = (hardware: string, priceBasis: string) => string | undefined;

/** The break-even prices of a mix against the baseline: one for each kind of accelerator that only the mix has. */
export function breakEvens(
  baseline: ComparedMix,
  mix: ComparedMix,
  confidence: number,
  assumptionOf: AssumptionOf,
): BreakEven[] {
  const common = new Set(baseline.experiment.pools.map(({ hardware }) => hardware));
  const names = mix.experiment.pools
    .filter(({ kind, hardware }) => kind === 'engine' && !common.has(hardware))
    .map(({ hardware }) => hardware);
  const budgetUsd = fleetUsdPerHour(baseline.experiment.scenario);
  return [...new Set(names)].flatMap((hardware) => {
    if (hardware === undefined) return [];
    const pools = mix.experiment.pools.filter((pool) => pool.hardware === hardware);
    const accelerators = pools.reduce(
      (sum, { units, acceleratorsPerUnit = 1 }) => sum + units * acceleratorsPerUnit,
      0,
    );
    const priced = pools[0]!;
    const restUsd = usdWithout(mix, hardware);
    const priceFor = (totalUsd: number) => (totalUsd - restUsd!) / accelerators;
    const isKnown = budgetUsd !== undefined && restUsd !== undefined;
    return [
      {
        mix: mix.name,
        hardware,
        accelerators,
        usdPerHour:
          priced.usdPerUnitHour === undefined
            ? undefined
            : priced.usdPerUnitHour / (priced.acceleratorsPerUnit ?? 1),
        priceBasis: priced.priceBasis,
        assumption: priced.priceAssumption ?? assumptionOf(hardware, priced.priceBasis),
        sameCostUsd: isKnown ? priceFor(budgetUsd) : undefined,
        sameFlowCostUsd: isKnown
          ? flowTie(baseline, mix, confidence, (share) => priceFor(budgetUsd * share))
          : undefined,
      },
    ];
  });
}

/** Per pair of replications: the mix may cost as many times as much as it yields minutes of flow. */
function flowTie(
  baseline: ComparedMix,
  mix: ComparedMix,
  confidence: number,
  priceAt: (flowShare: number) => number,
): MeanInterval | undefined {
  const prices = baseline.replications.flatMap(({ replication, flowMinutesPerHour }) => {
    const other = mix.replications.find((each) => each.replication === replication);
    const share = (other?.flowMinutesPerHour ?? Number.NaN) / flowMinutesPerHour;
    return Number.isFinite(share) ? [priceAt(share)] : [];
  });
  return prices.length === 0 ? undefined : tInterval(prices, confidence);
}

/** What the fleet costs per hour without the pools of one kind of hardware; undefined while a price is missing. */
function usdWithout({ experiment }: ComparedMix, hardware: string): number | undefined {
  const { scenario, pools } = experiment;
  const isOfHardware = (name: string) =>
    pools.some((pool) => pool.name === name && pool.hardware === hardware);
  const others = scenario.pools.filter(({ name }) => !isOfHardware(name));
  if (others.some((pool) => poolUsdPerHour(pool) === undefined)) return undefined;
  return fleetUsdPerHour({ ...scenario, pools: others });
}
