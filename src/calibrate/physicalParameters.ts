import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { type Precision, precisions } from '../../sim/hardware/deployment.js';
import type { Efficiency, RooflineParameters } from '../../sim/hardware/rooflineParameters.js';
import { invariant } from '../../sim/kernel/invariant.js';

/** A number of a roofline profile that a fit may change: where it stands, and how far physics lets it go. */
export interface PhysicalParameter {
  /** As the profile writes it, below `cost`: `efficiency.bf16.matmul`, `host.sync`; or `links.start`. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Bytes, tokens and shares as they are; ms for durations. */
  readonly isDuration: boolean;
  readonly read: (accelerator: Accelerator) => number;
  readonly write: (accelerator: Accelerator, value: number) => Accelerator;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly isDuration?: boolean;
}

/** Shares of a peak are below 1, times are not negative. */
const efficiencyRanges: Readonly<Record<keyof Efficiency, Range>> = {
  matmul: { min: 0.05, max: 0.98 },
  weights: { min: 0.2, max: 0.98 },
  kv: { min: 0.5, max: 0.97 },
  attention: { min: 0.35, max: 0.9 },
  perLayerMs: { min: 0, max: 0.3, isDuration: true },
  oneToken: { min: 0.7, max: 3 },
  oneTokenPerLayerMs: { min: 0, max: 0.3, isDuration: true },
};

/** What an efficiency is where a profile leaves it out. */
const unless: Readonly<Partial<Record<keyof Efficiency, number>>> = { oneToken: 1 };

/** All parameters that a fit may change, by name. */
export const physicalParameters: ReadonlyMap<string, PhysicalParameter> = new Map(
  [
    ...precisions.flatMap(ofPrecision),
    ofCost('experts.matmulShare', { min: 0.03, max: 1 }, 'experts', 'matmulShare'),
    ofCost('experts.perLayer', { min: 0, max: 0.5, isDuration: true }, 'experts', 'perLayerMs'),
    ofCost('experts.paddingTokens', { min: 0, max: 128 }, 'experts', 'paddingTokens'),
    ofCost('unfused.perLayer', { min: 0, max: 0.1, isDuration: true }, 'unfused', 'perLayerMs'),
    ofCost('unfused.activationTraffic', { min: 0, max: 8 }, 'unfused', 'activationTraffic'),
    ofCost('host.perIteration', { min: 0, max: 20, isDuration: true }, 'host', 'perIterationMs'),
    ofCost('host.perRow', { min: 0, max: 0.3, isDuration: true }, 'host', 'perRowMs'),
    ofCost('host.sync', { min: 0, max: 5, isDuration: true }, 'host', 'syncMs'),
    perSequence(),
    startOfLinks(),
  ].map((parameter) => [parameter.name, parameter]),
);

function ofPrecision(precision: Precision): PhysicalParameter[] {
  return (Object.keys(efficiencyRanges) as (keyof Efficiency)[]).map((key) => ({
    name: `efficiency.${precision}.${key.replace(/Ms$/, '')}`,
    ...efficiencyRanges[key],
    isDuration: efficiencyRanges[key].isDuration ?? false,
    read: (accelerator) =>
      efficiencyOf(rooflineOf(accelerator), precision)[key] ?? unless[key] ?? 0,
    write: (accelerator, value) => {
      const cost = rooflineOf(accelerator);
      const changed = { ...efficiencyOf(cost, precision), [key]: value };
      return {
        ...accelerator,
        cost: { ...cost, efficiency: { ...cost.efficiency, [precision]: changed } },
      };
    },
  }));
}

function efficiencyOf({ efficiency }: RooflineParameters, precision: Precision): Efficiency {
  return efficiency[precision] ?? efficiency.bf16;
}

function ofCost<Part extends 'experts' | 'unfused' | 'host'>(
  name: string,
  { min, max, isDuration = false }: Range,
  part: Part,
  key: keyof RooflineParameters[Part],
): PhysicalParameter {
  return {
    name,
    min,
    max,
    isDuration,
    read: (accelerator) => rooflineOf(accelerator)[part][key] as number,
    write: (accelerator, value) => {
      const cost = rooflineOf(accelerator);
      return { ...accelerator, cost: { ...cost, [part]: { ...cost[part], [key]: value } } };
    },
  };
}

function perSequence(): PhysicalParameter {
  return {
    name: 'perSequence',
    min: 0,
    max: 0.01,
    isDuration: true,
    read: (accelerator) => rooflineOf(accelerator).perSequenceMs,
    write: (accelerator, value) => ({
      ...accelerator,
      cost: { ...rooflineOf(accelerator), perSequenceMs: value },
    }),
  };
}

/** The start of every collective: the latency of the link, which is in every entry of its measured tables. */
function startOfLinks(): PhysicalParameter {
  return {
    name: 'links.start',
    min: 0.0005,
    max: 0.05,
    isDuration: true,
    read: ({ scaleUp }) => scaleUp?.latencyMs ?? 0.0005,
    write: (accelerator, value) => {
      const { scaleUp } = accelerator;
      if (scaleUp === undefined) return accelerator;
      const changeMs = value - scaleUp.latencyMs;
      const allReduce = scaleUp.allReduce.map((table) => ({
        ...table,
        timesMs: table.timesMs.map((time) => Math.max(0.0005, time + changeMs)),
      }));
      return { ...accelerator, scaleUp: { ...scaleUp, latencyMs: value, allReduce } };
    },
  };
}

/** The cost parameters of an accelerator that has a roofline; others cannot be fitted. */
export function rooflineOf({ name, cost }: Accelerator): RooflineParameters {
  invariant(cost.kind === 'roofline', `${name} is no roofline machine`);
  return cost;
}
