import type { Budget, LoadedExperiment } from '../../src/config/loadedExperiment.js';
import { exampleScenario } from '../metrics/exampleScenario.js';

/** A loaded experiment around the example scenario. */
export const exampleExperiment: LoadedExperiment = {
  file: 'experiments/example.yaml',
  name: 'example',
  about: 'Is one round chip enough?',
  seed: '1',
  replications: 2,
  isQuick: false,
  scenario: exampleScenario,
  budgets: [],
  fit: [
    {
      kind: 'memory',
      pool: 'gpu',
      weightBytes: 0,
      memoryBytes: 80e9,
      kvTokens: 1600,
      meanContextTokens: 111,
      text: 'gpu: 1,600 tokens of KV, 14 contexts of 111 tokens',
    },
  ],
  configHash: 'c0ffee'.padEnd(64, '0'),
  populations: [
    { name: 'chat', workload: 'chat', role: 'chat', interactive: true, requestsPerSec: 10 },
  ],
  pools: [
    {
      name: 'gpu',
      kind: 'engine',
      units: 1,
      hardware: 'round-chip',
      model: 'tiny',
      acceleratorsPerUnit: 1,
      precision: 'bf16 weights, bf16 KV',
      usdPerUnitHour: 3.6,
      priceBasis: 'as written',
      confidence: 'an estimate, ±30%',
    },
  ],
};

/** A budget of at most 1.5 s on the mean TTFT of the population `chat`, unless told otherwise. */
export function exampleBudget(changes: Partial<Budget> = {}): Budget {
  return {
    metric: 'ttft',
    quantile: undefined,
    min: undefined,
    max: 1500,
    population: 'chat',
    pool: undefined,
    level: 'fail',
    line: 1,
    ...changes,
  };
}
