import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment, Precision } from '../../sim/hardware/deployment.js';
import type { EngineOptions } from '../../sim/run/scenario.js';
import type { ClosedLoopRow } from './closedLoopPoints.js';
import { deploymentOn } from './profileParts.js';
import type { TableRow } from './readTable.js';

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
export function isClosedLoopTable(row: TableRow): boolean {
  return ['concurrency', 'promptTokens', 'outputTokens'].every((name) => name in row);
}

/**
 * A row of `concurrency, promptTokens, outputTokens, ttftMs, tpotMs` (means), with `model, tensorParallel, weights, kv`
 * where they differ from the defaults, and `shortest` where lengths vary.
 */
export function closedLoopOf(row: TableRow, defaults: TableDefaults): ClosedLoopRow {
  const deployment = rowDeployment(row, defaults);
  const count = (name: string) => Number(row[name] || Number.NaN);
  const load = {
    kind: 'closed',
    concurrency: count('concurrency'),
    promptTokens: count('promptTokens'),
    outputTokens: count('outputTokens'),
    shortest: row['shortest'] ? Number(row['shortest']) : 1,
  } as const;
  const { model, tensorParallel, weightPrecision } = deployment;
  return {
    label: `${model.name} x${tensorParallel}, ${load.promptTokens}/${load.outputTokens}, ${load.concurrency} clients`,
    cell: `${model.name} ${weightPrecision}`,
    deployment,
    engine: defaults.engine,
    load,
    ttftMs: count('ttftMs'),
    tpotMs: count('tpotMs'),
  };
}

/** The deployment that a row of a table is about. */
export function rowDeployment(row: TableRow, defaults: TableDefaults): Deployment {
  const weights = (row['weights'] || defaults.weights) as Precision | undefined;
  return deploymentOn(defaults.accelerator, row['model'] || defaults.model, {
    tensorParallel: Number(row['tensorParallel'] || defaults.tensorParallel),
    ...(weights === undefined ? {} : { weightPrecision: weights }),
    kvPrecision: (row['kv'] || defaults.kv) as Precision,
  });
}
