import type { Calibration, MeasuredCell, MeasuredRange, ScaleUpLink } from './accelerator.js';
import { acceptedTokens } from './acceptedTokens.js';
import type { Deployment } from './deployment.js';

/** What stands behind the times of a deployment, and how far they may be off. */
export interface TimeConfidence {
  /** `calibrated`: this model, precision and group size were measured. `extrapolated`: not all of them. `estimate`: nothing was. */
  readonly kind: 'calibrated' | 'extrapolated' | 'estimate';
  /** Relative error that verdicts on times have to bear: that of iterations and of TPOT. */
  readonly error: number;
  /** The same for TTFT, which is off by more where servers were measured; at least `error`. */
  readonly ttftError: number;
  /** In what a deployment leaves the measurements, and by how much. */
  readonly beyond: readonly string[];
  /** Contexts that it accepts and that are longer than any measured one; 0: none are, or it is not known. */
  readonly unmeasuredFromTokens: number;
}

type Fitted = Extract<Calibration, { kind: 'fitted' }>;

/** Least error where a model or group size was not measured: the median error on models that no fit saw (docs/validation.md). */
const leastExtrapolated = 0.15;

/**
 * Judges a deployment by what its profile was measured on. Calibrated times bear the error on this model in this precision
 * where the profile records it, and that on held-out measurements; extrapolated ones twice that, and at least 15%.
 */
export function timeConfidence(deployment: Deployment, maxSequences: number): TimeConfidence {
  const { calibration } = deployment.accelerator;
  if (calibration.kind === 'estimate') return estimateOf(deployment, calibration);
  const { measured } = calibration;
  const cell = calibration.cells?.find(
    ({ model, weights }) =>
      model === deployment.model.name && weights === deployment.weightPrecision,
  );
  const beyond =
    measured === undefined
      ? ['what was measured is not recorded']
      : [
          ...unmeasuredModel(deployment, calibration, measured, cell),
          ...outsideRange(deployment, maxSequences, measured),
        ];
  const isMeasured = beyond.length === 0;
  const borne = (error: number) => (isMeasured ? error : Math.max(leastExtrapolated, 2 * error));
  const { error, heldOut = 0 } = cell ?? calibration;
  const pace = Math.max(error, heldOut);
  const contextTokens = measured?.contextTokens ?? Number.POSITIVE_INFINITY;
  return {
    kind: isMeasured ? 'calibrated' : 'extrapolated',
    error: borne(pace),
    ttftError: Math.max(borne(pace), cell?.ttft ?? 0),
    beyond,
    unmeasuredFromTokens: acceptedTokens(deployment) > contextTokens ? contextTokens : 0,
  };
}

/** Where cells are recorded, a model that was measured in another precision was not measured in this one. */
function unmeasuredModel(
  { model, weightPrecision }: Deployment,
  { cells }: Fitted,
  measured: MeasuredRange,
  cell: MeasuredCell | undefined,
): string[] {
  if (cell !== undefined) return [];
  const beyond: string[] = [];
  if (!measured.models.includes(model.name)) beyond.push(`${model.name} was not measured`);
  if (!measured.weights.includes(weightPrecision))
    beyond.push(`${weightPrecision} weights were not measured`);
  if (cells !== undefined && beyond.length === 0)
    beyond.push(`${model.name} with ${weightPrecision} weights was not measured`);
  return beyond;
}

function outsideRange(
  { accelerator, tensorParallel, attention }: Deployment,
  maxSequences: number,
  measured: MeasuredRange,
): string[] {
  const [fewest, most] = measured.accelerators;
  const beyond: string[] = [];
  if (tensorParallel > most) beyond.push(`${tensorParallel} accelerators, measured up to ${most}`);
  if (tensorParallel < fewest)
    beyond.push(`${tensorParallel} accelerators, measured from ${fewest}`);
  if (maxSequences > measured.sequences)
    beyond.push(`up to ${maxSequences} sequences, measured up to ${measured.sequences}`);
  if (tensorParallel > 1 && isUnmeasuredPcie(accelerator.scaleUp, tensorParallel))
    beyond.push(`all-reduce of ${tensorParallel} accelerators over PCIe was not measured`);
  if (attention !== undefined && attention !== 'tensor')
    beyond.push(`${attention}-parallel attention`);
  return beyond;
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
    ? { ...estimate, error: band, ttftError: band, beyond: [] }
    : {
        ...estimate,
        error: ofClass,
        ttftError: ofClass,
        beyond: [`no speed of ${model.name} is known`],
      };
}

/** Over PCIe, latency and bandwidth alone tell little: hosts differ by more than chips do. */
function isUnmeasuredPcie(link: ScaleUpLink | undefined, accelerators: number): boolean {
  if (link?.type !== 'pcie') return false;
  return !link.allReduce.some((table) => table.accelerators === accelerators);
}
