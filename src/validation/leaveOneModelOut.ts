import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import { timeConfidence } from '../../sim/hardware/timeConfidence.js';
import { deploymentOn, openAccelerator } from '../calibrate/profileParts.js';
import { simulateLoad } from '../calibrate/simulateLoad.js';
import { type PublicSpeed, publicSpeeds } from './publicSpeeds.js';

/** A published speed against the profile as it is, and against one that does not know this model. */
export interface LeftOut {
  readonly speed: PublicSpeed;
  /** Of the profile, with what it knows of the model by name; in the unit of the figure. */
  readonly simulated: number;
  /** Relative error of the time, with the scale of the other models; undefined: there are none. */
  readonly withoutIt?: number;
  /** What a band has to cover: the larger of that error and of the true time over the predicted one, less 1. */
  readonly needed?: number;
  /** Band of the profile for such a model. */
  readonly band: number;
}

/**
 * Published speeds predicted without the model they are of: the physics of the profile, scaled by the (geometric) mean
 * of what the other models of its group need.
 */
export function leaveOneModelOut(): LeftOut[] {
  const scales = publicSpeeds.map((speed) => ({
    speed,
    ratio: timeOf(speed, speed.published) / timeOf(speed, simulatedSpeed(speed, nameless)),
  }));
  return publicSpeeds.map((speed, index) => {
    const { ratio } = scales[index]!;
    const others = scales.filter(
      (other) =>
        other.speed.profile === speed.profile &&
        other.speed.group === speed.group &&
        other.speed.model !== speed.model &&
        other.speed.isAside !== true,
    );
    const simulated = simulatedSpeed(speed, (accelerator) => accelerator);
    const band = bandOf(speed);
    if (others.length === 0) return { speed, simulated, band };
    const off = ratio / scaleOf(others) - 1;
    const withoutIt = 1 / (1 + off) - 1;
    return {
      speed,
      simulated,
      band,
      withoutIt,
      needed: Math.max(Math.abs(off), Math.abs(withoutIt)),
    };
  });
}

/** Mean over models of the mean over their figures, both geometric. */
function scaleOf(others: readonly { speed: PublicSpeed; ratio: number }[]): number {
  const models = [...new Set(others.map(({ speed }) => speed.model))];
  const geometric = (values: readonly number[]) =>
    Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  return geometric(
    models.map((model) =>
      geometric(others.filter(({ speed }) => speed.model === model).map(({ ratio }) => ratio)),
    ),
  );
}

/** Speeds are times the other way round. */
function timeOf({ metric }: PublicSpeed, value: number): number {
  return metric.endsWith('ms') ? value : 1 / value;
}

/** The accelerator without the times that it knows of models by name. */
function nameless(accelerator: Accelerator): Accelerator {
  const { cost } = accelerator;
  return cost.kind === 'pipeline'
    ? { ...accelerator, cost: { ...cost, byModel: {} } }
    : accelerator;
}

function deploymentOf(speed: PublicSpeed, change: (accelerator: Accelerator) => Accelerator) {
  const { model, weights, kv = 'bf16', expertParallel = false } = speed;
  const deployment = deploymentOn(change(openAccelerator(speed.profile)), model, {
    weightPrecision: weights,
    kvPrecision: kv,
    memoryShare: 0.95,
    expertParallel,
  });
  const accelerators = speed.accelerators ?? planMemory(deployment, 16).minAccelerators;
  if (accelerators === undefined) throw new Error(`${model} does not fit ${speed.profile}`);
  return { ...deployment, tensorParallel: accelerators };
}

function bandOf(speed: PublicSpeed): number {
  const deployment = deploymentOf(speed, nameless);
  return timeConfidence(deployment, speed.engine.maxSequences).error;
}

function simulatedSpeed(
  speed: PublicSpeed,
  change: (accelerator: Accelerator) => Accelerator,
): number {
  const { metric, engine, load } = speed;
  const deployment = deploymentOf(speed, change);
  const { ttftMs, tpotMs, e2eMs } = simulateLoad({ deployment, engine, load });
  if (metric === 'ttft, ms') return mean(ttftMs);
  if (metric === 'tpot, ms') return mean(tpotMs);
  if (metric === 'tokens/s') return 1000 / mean(tpotMs);
  const tokensPerMs =
    load.kind === 'closed'
      ? (load.concurrency * load.outputTokens) / mean(e2eMs)
      : load.outputTokens.reduce((a, b) => a + b, 0) / e2eMs.reduce((a, b) => Math.max(a, b), 0);
  return (1000 * tokensPerMs) / deployment.tensorParallel;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
