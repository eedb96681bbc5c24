import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { type Deployment, type Precision, precisions } from '../../sim/hardware/deployment.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import type { EngineOptions } from '../../sim/run/scenario.js';
import { choice } from '../config/choiceSchema.js';
import { MistakesFound } from '../mistakes/mistakesFound.js';
import type { ClosedLoopRow } from './closedLoopPoints.js';
import { measuredNumbers } from './measuredNumbers.js';
import type { MeasuredRow } from './measuredTable.js';
import { deploymentOn, openArchitecture, unknownProfile } from './profileParts.js';

/** What holds for rows that do not say otherwise. */
export interface TableDefaults {
  readonly accelerator: Accelerator;
  readonly model: string;
  readonly tensorParallel: number;
  readonly weights: Precision | undefined;
  readonly kv: Precision;
  readonly engine: EngineOptions;
}

/** Whether a table with these columns holds closed loops. */
export function isClosedLoopTable(row: MeasuredRow): boolean {
  return ['concurrency', 'promptTokens', 'outputTokens'].every((name) => row.has(name));
}

/**
 * A row of `concurrency, promptTokens, outputTokens, ttftMs, tpotMs` (means), with `model, tensorParallel, weights, kv`
 * where they differ from the defaults, and `shortest` where lengths vary. Undefined: no such model, or no room for it,
 * which is noted.
 */
export function closedLoopOf(row: MeasuredRow, defaults: TableDefaults): ClosedLoopRow | undefined {
  const deployment = rowDeployment(row, defaults);
  const { clients, tokens, share, duration } = measuredNumbers;
  const load = {
    kind: 'closed',
    concurrency: row.needed('concurrency', clients),
    promptTokens: row.needed('promptTokens', tokens),
    outputTokens: row.needed('outputTokens', tokens),
    shortest: row.optional('shortest', share) ?? 1,
  } as const;
  const [ttftMs, tpotMs] = [row.measured('ttftMs', duration), row.measured('tpotMs', duration)];
  if (deployment === undefined) return undefined;
  const { kvBlocks, problem } = planMemory(deployment, defaults.engine.blockTokens);
  if (kvBlocks === 0 && problem !== undefined)
    return row.refuse('tensorParallel', { code: 'E_FIT', message: problem });
  const { model, tensorParallel, weightPrecision } = deployment;
  return {
    label: `${model.name} x${tensorParallel}, ${load.promptTokens}/${load.outputTokens}, ${load.concurrency} clients`,
    cell: `${model.name} ${weightPrecision}`,
    deployment,
    engine: defaults.engine,
    load,
    ttftMs,
    tpotMs,
  };
}

/** The deployment that a row of a table is about. Undefined: no such model, which is noted. */
export function rowDeployment(row: MeasuredRow, defaults: TableDefaults): Deployment | undefined {
  const weights = row.optional('weights', precision) ?? defaults.weights;
  const changes = {
    tensorParallel:
      row.optional('tensorParallel', measuredNumbers.accelerators) ?? defaults.tensorParallel,
    ...(weights === undefined ? {} : { weightPrecision: weights }),
    kvPrecision: row.optional('kv', precision) ?? defaults.kv,
  };
  const model = rowModel(row, defaults);
  return model === undefined ? undefined : deploymentOn(defaults.accelerator, model, changes);
}

const precision = choice('a precision', precisions);

/** The name or the file of a model that can be opened; undefined, with a mistake noted, when it cannot. */
function rowModel(row: MeasuredRow, defaults: TableDefaults): string | undefined {
  const model = row.text('model');
  if (model === '') return defaults.model;
  const unknown = unknownProfile(model, 'hardware-profiles/models');
  if (unknown !== undefined) return row.refuse('model', unknown);
  try {
    openArchitecture(model);
    return model;
  } catch (problem) {
    if (!(problem instanceof MistakesFound)) throw problem;
    const { mistakes, exitCode, message } = problem;
    if (exitCode === 4) return row.refuse('model', { code: 'E_ABSENT', message });
    row.mistakes.addAll(mistakes);
    return undefined;
  }
}
