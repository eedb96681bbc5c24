import { TokenBucket } from '../fleet/tokenBucket.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { FleetPool } from './fleetPool.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { AdmissionSpec } from './scenario.js';

/**
 * A pool behind admission: whom its limits refuse gets a 429, and may be told when to come again. A limit that
 * refuses counts like a full waiting room, so placement passes the pool over while others have room.
 */
export function admittedPool(
  pool: FleetPool,
  { rate, maxQueueTokens, retry }: AdmissionSpec,
  grid: TimeGrid,
  recorder: RequestRecorder,
): FleetPool {
  const bucket = rate && new TokenBucket(grid, rate.perMs, rate.burst);
  const costOf = (promptTokens: number) => (rate?.counts === 'tokens' ? promptTokens : 1);
  const queue =
    maxQueueTokens === undefined ? undefined : new WaitingPrompts(pool, recorder, pool.units);
  let refused = 0;
  let retries = 0;
  const hasRoom: FleetPool['hasRoom'] = (promptTokens, timeMs) =>
    pool.hasRoom(promptTokens, timeMs) &&
    (bucket === undefined || bucket.holds(costOf(promptTokens), timeMs)) &&
    (queue === undefined || queue.tokensPerUnit() < maxQueueTokens!);
  return {
    ...pool,
    hasRoom,
    accept: (row, key, timeMs, urgency, gapMs) => {
      const promptTokens = recorder.promptTokens[row]!;
      if (!hasRoom(promptTokens, timeMs)) {
        refused++;
        return false;
      }
      bucket?.take(costOf(promptTokens), timeMs);
      queue?.add(row);
      return pool.accept(row, key, timeMs, urgency, gapMs);
    },
    retry,
    countRetry: () => {
      retries++;
    },
    finish: (timeMs) => ({
      ...pool.finish(timeMs),
      rejected: refused - retries,
      ...(retry && { retries }),
    }),
  };
}

/** The prompts that wait for a slot of a pool. Those that wait no more are dropped at the next look. */
class WaitingPrompts {
  private readonly pool: FleetPool;
  private readonly recorder: RequestRecorder;
  private readonly units: number;
  /** A row may be used again by a later request. */
  private readonly rows = new Set<number>();

  constructor(pool: FleetPool, recorder: RequestRecorder, units: number) {
    this.pool = pool;
    this.recorder = recorder;
    this.units = units;
  }

  add(row: number): void {
    this.rows.add(row);
  }

  tokensPerUnit(): number {
    const { promptTokens } = this.recorder;
    let tokens = 0;
    for (const row of this.rows) {
      if (this.pool.isWaiting(row)) tokens += promptTokens[row]!;
      else this.rows.delete(row);
    }
    return tokens / this.units;
  }
}
