import type { Calibration, ScaleUpLink } from './accelerator.js';
import { acceptedTokens } from './acceptedTokens.js';
import type { Deployment } from './deployment.js';

/** What stands behind the times of a deployment, and how far they may be off. */
export interface TimeConfidence {
  /** `calibrated`: this model, precision and group size were measured. `extrapolated`: not all of them. `estimate`: nothing was. */
  readonly kind: 'calibrated' | 'extrapolated' | 'estimate';
  /** Relative error that verdicts have to bear. */
  readonly error: number;
  /** In what a deployment leaves the measurements, and by how much. */
  readonly beyond: readonly string[];
  /** Contexts that it accepts and that are longer than any measured one; 0: none are, or it is not known. */
  readonly unmeasuredFromTokens: number;
}

/** Least error where a model or group size was not measured: the median error on models that no fit saw (docs/validation.md). */
const leastExtrapolated = 0.15;

/**
 * Judges a deployment by what its profile was measured on. Calibrated times bear the error on held-out measurements
 * where the profile records one; extrapolated ones twice that, and at least 15%.
 */
export function timeConfidence(deployment: Deployment, maxSequences: number): TimeConfidence {
  const { accelerator, model, weightPrecision, tensorParallel } = deployment;
  const { calibration } = accelerator;
  if (calibration.kind === 'estimate') {
    return estimateOf(deployment, calibration);
  }
  const error = Math.max(calibration.error, calibration.heldOut ?? 0);
  const { measured } = calibration;
  if (measured === undefined) {
    return { kind: 'calibrated', error, beyond: [], unmeasuredFromTokens: 0 };
  }
  const [fewest, most] = measured.accelerators;
  const beyond: string[] = [];
  if (!measured.models.includes(model.name)) beyond.push(`${model.name} was not measured`);
  if (!measured.weights.includes(weightPrecision))
    beyond.push(`${weightPrecision} weights were not measured`);
  if (tensorParallel > most) beyond.push(`${tensorParallel} accelerators, measured up to ${most}`);
  if (tensorParallel < fewest)
    beyond.push(`${tensorParallel} accelerators, measured from ${fewest}`);
  if (maxSequences > measured.sequences)
    beyond.push(`up to ${maxSequences} sequences, measured up to ${measured.sequences}`);
  if (tensorParallel > 1 && isUnmeasuredPcie(accelerator.scaleUp, tensorParallel))
    beyond.push(`all-reduce of ${tensorParallel} accelerators over PCIe was not measured`);
  if (deployment.attention !== undefined && deployment.attention !== 'tensor')
    beyond.push(`${deployment.attention}-parallel attention`);
  const { contextTokens } = measured;
  return {
    kind: beyond.length === 0 ? 'calibrated' : 'extrapolated',
    error: beyond.length === 0 ? error : Math.max(leastExtrapolated, 2 * error),
    beyond,
    unmeasuredFromTokens: acceptedTokens(deployment) > contextTokens ? contextTokens : 0,
  };
}

/** A model whose own speed is published bears the band; others that of their class, which is as wide as models differ. */
function estimateOf(
  { accelerator: { cost }, model }: Deployment,
  { band, otherModels }: Extract<Calibration, { kind: 'estimate' }>,
): TimeConfidence {
  const estimate = { kind: 'estimate', unmeasuredFromTokens: 0 } as const;
  const isNamed = cost.kind === 'pipeline' && cost.byModel[model.name] !== undefined;
  const ofClass = otherModels?.[model.experts === undefined ? 'dense' : 'experts'];
  return isNamed || ofClass === undefined
    ? { ...estimate, error: band, beyond: [] }
    : { ...estimate, error: ofClass, beyond: [`no speed of ${model.name} is known`] };
}

/** Over PCIe, latency and bandwidth alone tell little: hosts differ by more than chips do. */
function isUnmeasuredPcie(link: ScaleUpLink | undefined, accelerators: number): boolean {
  if (link?.type !== 'pcie') return false;
  return !link.allReduce.some((table) => table.accelerators === accelerators);
}
