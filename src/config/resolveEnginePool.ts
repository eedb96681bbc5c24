import type { Deployment } from '../../sim/hardware/deployment.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import { timeConfidence } from '../../sim/hardware/timeConfidence.js';
import type { EngineOptions, EnginePoolSpec } from '../../sim/run/scenario.js';
import { admissionSpec } from './admissionSchema.js';
import { checkRetention } from './checkRetention.js';
import { engineOptionsSchema } from './engineOptionsSchema.js';
import type { PoolInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import { suggestion } from './nearestName.js';
import { openHardware } from './openProfile.js';
import type { EnginePool } from './poolSchema.js';
import type { Sections } from './readSections.js';
import { resolveDeployment } from './resolveDeployment.js';
import { resolvePrice } from './resolvePrice.js';
import { resolveTiers } from './resolveTiers.js';

type WrittenOptions = NonNullable<EnginePool['engine']>;

/** A pool of engine replicas; undefined when it cannot be built, which is reported. */
export function resolveEnginePool(
  name: string,
  pool: EnginePool,
  sections: Sections,
  models: ReadonlyMap<string, ModelArchitecture>,
  loading: Loading,
): { readonly spec: EnginePoolSpec; readonly info: PoolInfo } | undefined {
  const options = pool.engine ?? engineOptionsSchema.parse({});
  checkBatchLimits(name, options, loading);
  const role = servedModel(name, pool.serves, sections, loading);
  const hardware = openHardware(loading, pool.hardware, ['fleet', name, 'hardware']);
  const model = role === undefined ? undefined : models.get(role);
  if (hardware === undefined || model === undefined) return undefined;
  const usualBasis = sections.run.prices ?? 'on-demand';
  const pricePath = ['fleet', name, 'price'];
  const price = resolvePrice(pricePath, pool.price, hardware, usualBasis, loading);
  const deployment = resolveDeployment(name, pool, options, hardware, model, loading);
  if (deployment === undefined) return undefined;
  const profileTiers = hardware.kind === 'accelerator' ? hardware.tiers : [];
  const tiering = resolveTiers(name, pool, deployment, profileTiers, loading);
  checkRetention(name, pool, loading);
  const { accelerator, tensorParallel } = deployment;
  const { usdPerHour, basis, assumption, term } = price;
  const usdPerReplicaHour = usdPerHour === undefined ? undefined : usdPerHour * tensorParallel;
  return {
    spec: {
      kind: 'engine',
      name,
      serves: [...pool.serves].sort(),
      replicas: pool.replicas,
      deployment,
      engine: engineOptions(options),
      router: pool.router ?? { policy: 'least-requests', slack: 8 },
      maxWaiting: pool.maxWaiting ?? Number.POSITIVE_INFINITY,
      ...admissionSpec(pool.admission),
      usdPerReplicaHour,
      ...(tiering && { tiering }),
    },
    info: {
      name,
      kind: 'engine',
      units: pool.replicas,
      hardware: accelerator.name,
      model: model.name,
      acceleratorsPerUnit: tensorParallel,
      precision: precisionText(deployment),
      usdPerUnitHour: usdPerReplicaHour,
      priceBasis: basis,
      ...(assumption === undefined ? {} : { priceAssumption: assumption }),
      ...(term === undefined ? {} : { priceTerm: term }),
      confidence: confidenceText(deployment, options.maxSequences),
      ...(pool.handOver === undefined ? {} : { handsOverTo: pool.handOver.to }),
    },
  };
}

function checkBatchLimits(name: string, options: WrittenOptions, { report }: Loading): void {
  const { maxBatchTokens, maxSequences, speculation } = options;
  const perSequence = 1 + (speculation?.draftTokens ?? 0);
  if (maxBatchTokens >= maxSequences * perSequence) return;
  const times = perSequence === 1 ? '' : ` times ${perSequence} tokens each`;
  report({
    code: 'E_RANGE',
    message: `maxBatchTokens (${maxBatchTokens}) is smaller than maxSequences (${maxSequences})${times}: a full batch could not decode`,
    path: ['fleet', name, 'engine', 'maxBatchTokens'],
  });
}

/** A role of the pool whose model plays all of them. */
function servedModel(
  pool: string,
  serves: readonly string[],
  { models }: Sections,
  { report }: Loading,
): string | undefined {
  const path = ['fleet', pool, 'serves'];
  for (const role of serves) {
    if (models.names.has(role)) continue;
    const hint =
      suggestion(role, models.names) ?? `Say which: models: { ${role}: <name of a model> }`;
    return report({ code: 'E_REF', message: `no model plays the role "${role}"`, path, hint });
  }
  const [first, other] = new Set(serves.map((role) => models.values.get(role)));
  if (other === undefined) return first === undefined ? undefined : serves[0];
  return report({
    code: 'E_MODEL',
    message: `a pool holds one model, but these roles are played by ${first} and ${other}`,
    path,
  });
}

function engineOptions(options: WrittenOptions): EngineOptions {
  const { async, graphSizes: _deployed, order, speculation, retention, ...rest } = options;
  const ordered = order === undefined || order === 'fcfs' ? {} : { order };
  const speculating = speculation === undefined ? {} : { speculation };
  return { asyncScheduling: async, ...rest, ...ordered, ...speculating, ...retention };
}

const splitText = { data: ', data-parallel attention', context: ', context-parallel attention' };

function precisionText({
  weightPrecision,
  kvPrecision,
  attention,
  expertParallel,
}: Deployment): string {
  const split = attention === undefined || attention === 'tensor' ? '' : splitText[attention];
  const experts = expertParallel === true ? ', expert-parallel' : '';
  return `${weightPrecision} weights, ${kvPrecision} KV${split}${experts}`;
}

function confidenceText(deployment: Deployment, maxSequences: number): string {
  const { calibration } = deployment.accelerator;
  const { kind, error, ttftError, beyond, unmeasuredFromTokens } = timeConfidence(
    deployment,
    maxSequences,
  );
  if (calibration.kind === 'estimate')
    return `estimate ±${percent(error)} (${[...beyond, calibration.because].join('; ')})`;
  const { on, engine, date } = calibration;
  const contexts =
    unmeasuredFromTokens === 0
      ? ''
      : `; contexts beyond ${unmeasuredFromTokens} tokens extrapolated`;
  const why = beyond.length === 0 ? '' : ` (${beyond.join('; ')})`;
  const first = ttftError > error ? `, TTFT ±${percent(ttftError)}` : '';
  return `${kind}${why}: ±${percent(error)}${first}, fitted to ${on}, ${engine}, ${date}${contexts}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
