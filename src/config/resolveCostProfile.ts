import type {
  Calibration,
  CostParameters,
  MeasuredCell,
  MeasuredRange,
} from '../../sim/hardware/accelerator.js';
import { precisions } from '../../sim/hardware/deployment.js';
import type { PipelineParameters } from '../../sim/hardware/pipelineParameters.js';
import type {
  Efficiency,
  HostTime,
  RooflineParameters,
} from '../../sim/hardware/rooflineParameters.js';
import type { TableParameters } from '../../sim/hardware/tableParameters.js';
import type { CostProfile } from './costProfileSchema.js';

type WrittenFit = Extract<CostProfile['calibration'], { status: 'fitted' }>;
type WrittenRange = NonNullable<WrittenFit['measured']>;
type WrittenCell = NonNullable<WrittenFit['cells']>[number];
type ProfileOf<Kind extends CostProfile['kind']> = Extract<CostProfile, { kind: Kind }>;

/** The parameters of a cost model as the simulator takes them. */
export function resolveCostProfile(profile: CostProfile): CostParameters {
  switch (profile.kind) {
    case 'roofline':
      return rooflineOf(profile);
    case 'pipeline':
      return pipelineOf(profile);
    case 'table':
      return tableOf(profile);
  }
}

/** What the times of a cost model rest on. */
export function resolveCalibration({ calibration }: CostProfile): Calibration {
  if (calibration.status === 'fitted') {
    const { on, engine, date, error, heldOut, measured, cells } = calibration;
    return {
      kind: 'fitted',
      on,
      engine,
      date,
      error,
      ...(heldOut === undefined ? {} : { heldOut }),
      ...(measured === undefined ? {} : { measured: rangeOf(measured) }),
      ...(cells === undefined ? {} : { cells: cells.map(cellOf) }),
    };
  }
  const { band, otherModels, because } = calibration;
  return { kind: 'estimate', band, ...(otherModels === undefined ? {} : { otherModels }), because };
}

function rangeOf({ context, accelerators, ...rest }: WrittenRange): MeasuredRange {
  const [fewest, most] = accelerators;
  return { ...rest, accelerators: [fewest!, most!], contextTokens: context };
}

function cellOf({ heldOut, ttft, ...rest }: WrittenCell): MeasuredCell {
  return {
    ...rest,
    ...(heldOut === undefined ? {} : { heldOut }),
    ...(ttft === undefined ? {} : { ttft }),
  };
}

function rooflineOf(profile: ProfileOf<'roofline'>): RooflineParameters {
  const { experts, unfused } = profile;
  return {
    kind: 'roofline',
    efficiency: efficiencyOf(profile.efficiency),
    experts: {
      matmulShare: experts.matmulShare,
      perLayerMs: experts.perLayer,
      paddingTokens: experts.paddingTokens,
    },
    perSequenceMs: profile.perSequence.value,
    unfused: { perLayerMs: unfused.perLayer, activationTraffic: unfused.activationTraffic },
    host: hostOf(profile.host),
  };
}

function efficiencyOf(
  efficiency: ProfileOf<'roofline'>['efficiency'],
): RooflineParameters['efficiency'] {
  const convert = ({
    matmul,
    weights,
    kv,
    attention,
    perLayer,
    oneToken,
    oneTokenPerLayer,
  }: typeof efficiency.bf16) => ({
    matmul,
    weights,
    kv,
    attention,
    perLayerMs: perLayer,
    oneToken,
    ...(oneTokenPerLayer === undefined ? {} : { oneTokenPerLayerMs: oneTokenPerLayer }),
  });
  const found = precisions.flatMap((precision): [string, Efficiency][] => {
    const given = efficiency[precision];
    return given === undefined ? [] : [[precision, convert(given)]];
  });
  return { ...Object.fromEntries(found), bf16: convert(efficiency.bf16) };
}

function pipelineOf(profile: ProfileOf<'pipeline'>): PipelineParameters {
  const byModel = [...(profile.byModel ?? [])].map(
    ([name, { layer, prefill }]) =>
      [name, { layerMs: layer, prefillTokensPerSec: prefill }] as const,
  );
  return {
    kind: 'pipeline',
    layerMs: { dense: profile.layer.dense, experts: profile.layer.experts },
    byModel: Object.fromEntries(byModel),
    hopMs: profile.hop.value,
    tokensPerStage: profile.tokensPerStage.value,
    kvEfficiency: profile.attention.kv,
    attentionEfficiency: profile.attention.compute,
    prefillEfficiency: profile.prefill.value,
  };
}

function tableOf({ decode, prefill, host }: ProfileOf<'table'>): TableParameters {
  return {
    kind: 'table',
    decode: { rows: decode.rows, contextTokens: decode.contextTokens, timesMs: decode.times },
    prefill: {
      tokens: prefill.tokens,
      priorTokens: prefill.priorTokens,
      timesMs: prefill.times,
    },
    host: hostOf(host),
  };
}

function hostOf({ perIteration, perRow, sync }: ProfileOf<'roofline'>['host']): HostTime {
  return { perIterationMs: perIteration, perRowMs: perRow, syncMs: sync };
}
