import type { HandOverTable } from '../../sim/facts/handOverTable.js';
import type { RequestTable } from '../../sim/facts/requestTable.js';
import type { EnginePoolSpec, Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { hashUnit } from '../calibrate/hashUnit.js';
import { measuredScenario, usualEngine } from '../calibrate/measuredScenario.js';
import { deploymentOn, openAccelerator } from '../calibrate/profileParts.js';

/** What a fleet with prompts and answers apart does when it is full, in tokens per second and accelerator. */
export interface DisaggregatedThroughput {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Three nodes of eight for prompts, nine for answers: how the published fleet was divided is not in the source that we have. */
const prefillAccelerators = 24;
const decodeAccelerators = 72;
/** From 2,788 tokens/s and about 100 ms between tokens, both published, rounded to a power of two. */
const sequencesPerAccelerator = 256;
const promptTokens = 2000;
const decodeSlots = sequencesPerAccelerator * decodeAccelerators;

/**
 * DeepSeek-V3 on 96 H100, a prompt pool that hands over to a decode pool, each one wide replica with data-parallel
 * attention and expert parallelism over the network. A fleet is full on one side only, so each has a load of its own: short
 * answers, and prompts from as many replicas as fill the decode side, which the figure of that side does not depend on.
 */
export function disaggregatedThroughput(): DisaggregatedThroughput {
  const short = fleetRun({ requests: 2_000, outputTokens: 20, prefillReplicas: 1 });
  const long = fleetRun({ requests: decodeSlots + 16_000, outputTokens: 500, prefillReplicas: 12 });
  return {
    promptTokens: promptRate(short.requests) / prefillAccelerators,
    outputTokens: (1000 * sequencesPerAccelerator) / betweenTokensMs(long.requests, long.handOvers),
  };
}

function promptRate({ count, firstTokenMs }: RequestTable): number {
  const lastMs = firstTokenMs.subarray(0, count).reduce((last, ms) => Math.max(last, ms), 0);
  return (1000 * count * promptTokens) / lastMs;
}

/** Mean over the requests that decode from beginning to end while the decode side is full. */
function betweenTokensMs(
  { count, finishMs, outputTokens }: RequestTable,
  { prefilledMs, kvTransferMs, ...waits }: HandOverTable,
): number {
  const startMs = Float64Array.from(
    { length: count },
    (_, row) =>
      prefilledMs[row]! +
      kvTransferMs[row]! +
      waits.decodeHeadOfLineMs[row]! +
      waits.decodeSlotsMs[row]! +
      waits.decodeKvBlocksMs[row]! +
      waits.decodeTokenBudgetMs[row]! +
      waits.decodeIterationMs[row]!,
  );
  const sorted = startMs.slice().sort();
  const [fullMs, lastMs] = [sorted[decodeSlots - 1]!, sorted[count - 1]!];
  const gaps = Array.from(startMs, (start, row) => {
    const isInside = start >= fullMs && finishMs[row]! <= lastMs;
    return isInside ? (finishMs[row]! - start) / (outputTokens[row]! - 1) : Number.NaN;
  }).filter((gapMs) => !Number.isNaN(gapMs));
  return gaps.reduce((sum, gapMs) => sum + gapMs, 0) / gaps.length;
}

interface FleetLoad {
  readonly requests: number;
  /** On average; each has between half of it and one and a half. */
  readonly outputTokens: number;
  readonly prefillReplicas: number;
}

function fleetRun({ requests, outputTokens, prefillReplicas }: FleetLoad) {
  const accelerator = openAccelerator('h100-sxm');
  const wide = (accelerators: number) =>
    deploymentOn(accelerator, 'deepseek-v3', {
      weightPrecision: 'fp8',
      tensorParallel: accelerators,
      attention: 'data',
      expertParallel: true,
    });
  const linkBytesPerSec = (accelerators: number) =>
    accelerators * (accelerator.scaleOutBytesPerSec ?? 0);
  const together = measuredScenario({
    deployment: wide(prefillAccelerators),
    engine: {
      ...usualEngine,
      prefixCache: false,
      blockTokens: 64,
      maxBatchTokens: usualEngine.maxBatchTokens * prefillAccelerators,
    },
    load: {
      kind: 'recorded',
      sentMs: new Float64Array(requests),
      promptTokens: new Int32Array(requests).fill(promptTokens),
      outputTokens: Int32Array.from({ length: requests }, (_, index) =>
        Math.round(outputTokens * (0.5 + hashUnit(index, 0))),
      ),
    },
  });
  const [prefill] = together.pools as [EnginePoolSpec];
  const scenario: Scenario = {
    ...together,
    pools: [
      {
        ...prefill,
        name: 'decode',
        deployment: wide(decodeAccelerators),
        engine: { ...prefill.engine, maxBatchTokens: decodeSlots, maxSequences: decodeSlots },
        decodeOnly: true,
        kvBytesPerSec: linkBytesPerSec(decodeAccelerators),
      },
      {
        ...prefill,
        replicas: prefillReplicas,
        kvBytesPerSec: linkBytesPerSec(prefillAccelerators),
        handOver: {
          to: 'decode',
          firstToken: 'prefill',
          minTokens: 0,
          layerwise: false,
          returnKv: false,
          latencyMs: 0,
          spillAtQueueTimeMs: Number.POSITIVE_INFINITY,
          assumedReadable: undefined,
        },
      },
    ],
  };
  const { requests: table, handOvers } = simulate(scenario, { seed: 'measured', replication: 0 });
  if (handOvers === undefined) throw new Error('no request was handed over');
  return { requests: table, handOvers };
}
