import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { type MemoryPlan, planMemory } from '../../sim/hardware/memoryPlan.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { Loading } from './loading.js';
import type { EnginePool } from './poolSchema.js';
import type { ResolvedHardware } from './resolveHardwareProfile.js';

/** One model on the accelerators of a replica; undefined when it does not fit, which is reported. */
export function resolveDeployment(
  name: string,
  pool: EnginePool,
  options: NonNullable<EnginePool['engine']>,
  hardware: ResolvedHardware,
  model: ModelArchitecture,
  loading: Loading,
): Deployment | undefined {
  const path = ['fleet', name];
  if (hardware.kind !== 'accelerator')
    return loading.report({
      code: 'E_REF',
      message: `${hardware.host.name} is a host, which runs no model`,
      path: [...path, 'hardware'],
    });
  const { accelerator } = hardware;
  checkPoolKeys(name, pool, accelerator, model, loading);
  const deployment: Deployment = {
    accelerator,
    model,
    tensorParallel: 1,
    weightPrecision: pool.weights ?? model.nativePrecision,
    kvPrecision: pool.kv ?? 'bf16',
    memoryShare: pool.memory ?? 0.9,
    ...(pool.attention === undefined ? {} : { attention: pool.attention }),
    ...(pool.expertParallel === true ? { expertParallel: true } : {}),
    ...(pool.contextSpread === undefined ? {} : { contextSpread: pool.contextSpread }),
    ...(pool.maxContext === undefined ? {} : { maxContextTokens: pool.maxContext }),
    graphSizes: [...new Set(options.graphSizes)].sort((a, b) => a - b),
  };
  const { blockTokens } = options;
  const count = acceleratorCount(
    name,
    pool,
    planMemory(deployment, blockTokens),
    hardware,
    loading,
  );
  if (count === undefined) return undefined;
  const complete = { ...deployment, tensorParallel: count };
  if (accelerator.cost.kind !== 'pipeline' && model.attention.heads % count !== 0)
    return loading.report({
      code: 'E_FIT',
      message: `${model.name} has ${model.attention.heads} attention heads, which ${count} accelerators cannot share evenly`,
      path: [...path, 'tensorParallel'],
    });
  const plan = planMemory(complete, blockTokens);
  if (plan.problem === undefined) return complete;
  return loading.report({
    code: 'E_FIT',
    message: plan.problem,
    path,
    atKey: true,
    hint: remedy(plan, accelerator),
  });
}

/** Reports what this machine or this model cannot do. */
function checkPoolKeys(
  name: string,
  { attention, expertParallel, contextSpread, maxContext }: EnginePool,
  accelerator: Accelerator,
  model: ModelArchitecture,
  { report }: Loading,
): void {
  const wrongKey = (key: string, message: string) =>
    report({ code: 'E_KEY', message, path: ['fleet', name, key], atKey: true });
  const isPipeline = accelerator.cost.kind === 'pipeline';
  const byLayers = `${accelerator.name} is a pipeline machine, which divides a model by layers`;
  if (isPipeline && attention !== undefined && attention !== 'tensor')
    wrongKey('attention', byLayers);
  if (isPipeline && expertParallel === true) wrongKey('expertParallel', byLayers);
  else if (expertParallel === true && model.experts === undefined)
    wrongKey('expertParallel', `${model.name} has no experts`);
  if (contextSpread !== undefined && attention !== 'data')
    wrongKey(
      'contextSpread',
      'only accelerators that divide sequences (attention: data) wait for each other’s contexts',
    );
  if (maxContext === undefined) return;
  const path = ['fleet', name, 'maxContext'];
  if (maxContext === 0)
    report({ code: 'E_RANGE', message: 'a pool must accept at least one token', path });
  if (maxContext > model.contextWindow)
    report({
      code: 'E_RANGE',
      message: `${model.name} accepts ${model.contextWindow} tokens, less than ${maxContext}`,
      path,
    });
}

/** Accelerators of one replica: as the file says, else one, or as many chips as a pipeline machine needs. */
function acceleratorCount(
  name: string,
  pool: EnginePool,
  alone: MemoryPlan,
  { accelerator }: ResolvedHardware & { readonly kind: 'accelerator' },
  { report }: Loading,
): number | undefined {
  const isPipeline = accelerator.cost.kind === 'pipeline';
  const [right, wrong] = isPipeline
    ? (['accelerators', 'tensorParallel'] as const)
    : (['tensorParallel', 'accelerators'] as const);
  if (pool[wrong] !== undefined)
    return report({
      code: 'E_KEY',
      message: `${accelerator.name} is ${isPipeline ? 'a' : 'no'} pipeline machine`,
      path: ['fleet', name, wrong],
      atKey: true,
      hint: `Use ${right}`,
    });
  const needed = isPipeline && Number.isFinite(alone.minAccelerators) ? alone.minAccelerators : 1;
  return pool[right] ?? needed;
}

function remedy({ minAccelerators }: MemoryPlan, accelerator: Accelerator): string {
  const isPipeline = accelerator.cost.kind === 'pipeline';
  const linked = isPipeline ? Number.POSITIVE_INFINITY : (accelerator.scaleUp?.domain ?? 1);
  if (!Number.isFinite(minAccelerators))
    return 'No number of them is enough: choose other hardware';
  if (minAccelerators > linked)
    return `It needs ${minAccelerators}, but only ${linked} are linked: choose fewer bits or other hardware`;
  return `Needed: ${isPipeline ? 'accelerators' : 'tensorParallel'}: ${minAccelerators}`;
}
