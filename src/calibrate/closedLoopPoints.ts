import type { Deployment } from '../../sim/hardware/deployment.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import type { EngineOptions } from '../../sim/run/scenario.js';
import { closedLoopBatches } from './closedLoopBatches.js';
import { delayedTtftMs, type FrontEndDelay } from './frontEndDelay.js';
import type { ClosedLoop } from './measuredLoad.js';
import { costOn, type MeasuredPoint } from './measuredPoint.js';

/** A closed loop on a server, with the mean latencies that were measured; NaN: not measured. */
export interface ClosedLoopRow {
  readonly label: string;
  readonly cell: string;
  readonly deployment: Deployment;
  readonly engine: EngineOptions;
  readonly load: ClosedLoop;
  readonly ttftMs: number;
  readonly tpotMs: number;
  /** What stands before the engine; undefined: nothing. */
  readonly frontEnd?: FrontEndDelay;
}

/** Ten requests of each client are the length of most benchmarks; the burst at the start is among them. */
const rounds = 10;

/** The points of closed loops. Their batches are worked out here, once; fits then weigh them. */
export function closedLoopPoints(rows: readonly ClosedLoopRow[]): MeasuredPoint[] {
  return rows.flatMap((row) => {
    const { deployment, engine, load } = row;
    const plan = planMemory(deployment, engine.blockTokens);
    if (plan.kvBlocks === 0) return [];
    const batches = closedLoopBatches(load, {
      maxBatchTokens: engine.maxBatchTokens,
      maxSequences: engine.maxSequences,
      kvTokens: plan.kvBlocks * engine.blockTokens,
      windowTokens: deployment.model.slidingWindow?.tokens ?? 0,
      rounds,
    });
    const common = {
      label: row.label,
      cell: row.cell,
      accelerators: deployment.tensorParallel,
      tokens: load.promptTokens,
    };
    const mean = (weight: 'ttftWeight' | 'tpotWeight'): MeasuredPoint['predictMs'] => {
      return (accelerator) => {
        const cost = costOn(accelerator, deployment);
        let total = 0;
        for (const batch of batches) {
          if (batch[weight] === 0) continue;
          const { shape } = batch;
          const hostMs = cost.hostMs(shape.decodeRows + shape.chunks);
          total += batch[weight] * (Math.max(cost.deviceMs(shape), hostMs) + cost.syncMs);
        }
        return total;
      };
    };
    const points: MeasuredPoint[] = [];
    if (row.tpotMs > 0)
      points.push({
        ...common,
        metric: 'tpot',
        measuredMs: row.tpotMs,
        predictMs: mean('tpotWeight'),
      });
    if (row.ttftMs > 0)
      points.push({
        ...common,
        metric: 'ttft',
        measuredMs: row.ttftMs,
        predictMs: (accelerator) => {
          const ttftMs = mean('ttftWeight')(accelerator);
          if (row.frontEnd === undefined) return ttftMs;
          return delayedTtftMs(row.frontEnd, ttftMs, mean('tpotWeight')(accelerator));
        },
      });
    return points;
  });
}
