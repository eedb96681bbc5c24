import type { CostParameters } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import type { Dice } from '../engine/dice.js';
import { flatPool } from '../run/handScenario.js';

/** A machine of any kind for a model of two small layers, with iterations of 5 to 100 ms. */
export function randomCostParameters(dice: Dice): Deployment {
  const { deployment } = flatPool('machine');
  const slidingWindow = dice.chance(0.2) ? { layers: 1, tokens: dice.int(20, 100) } : undefined;
  return {
    ...deployment,
    graphSizes: dice.chance(0.3) ? [1, 2, 4, 8, 16, 32] : [],
    model: { ...deployment.model, layers: 2, slidingWindow },
    accelerator: {
      ...deployment.accelerator,
      // 64 bytes of KV per token: 0.06 ms for a context of 1,000.
      memoryBytesPerSec: 1e6,
      peakFlops: { bf16: dice.spread(1e6, 4) },
      cost: randomCost(dice),
    },
  };
}

function randomCost(dice: Dice): CostParameters {
  const deviceMs = dice.spread(2, 4);
  const host = {
    perIterationMs: dice.spread(0.5, 5),
    perRowMs: dice.uniform() / 10,
    syncMs: dice.uniform(),
  };
  return dice.pick<CostParameters>([
    {
      kind: 'roofline',
      efficiency: {
        bf16: { matmul: 0.7, weights: 0.9, kv: 0.8, attention: 0.5, perLayerMs: deviceMs },
      },
      experts: { matmulShare: 1, perLayerMs: 0, paddingTokens: 0 },
      perSequenceMs: dice.uniform() / 20,
      unfused: { perLayerMs: 0.1, activationTraffic: 1 },
      host,
    },
    {
      kind: 'pipeline',
      layerMs: { dense: deviceMs, experts: deviceMs },
      byModel: {},
      hopMs: 0.01,
      tokensPerStage: dice.int(1, 10),
      kvEfficiency: 0.5,
      attentionEfficiency: 0.5,
      prefillEfficiency: 0.5,
    },
    {
      kind: 'table',
      decode: {
        rows: [1, 4, 16],
        contextTokens: [10, 100, 400],
        timesMs: [1, 1.3, 2].map((rows) => [1, 1.2, 1.9].map((by) => deviceMs * rows * by)),
      },
      prefill: {
        tokens: [16, 64, 256],
        priorTokens: [0, 200],
        timesMs: [1, 2, 6].map((tokens) => [1, 1.4].map((by) => deviceMs * tokens * by)),
      },
      host,
    },
  ]);
}
