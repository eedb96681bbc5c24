import { type BatchShape, emptyBatchShape } from '../../sim/hardware/iterationCost.js';
import { hashUnit } from './hashUnit.js';
import type { ClosedLoop } from './measuredLoad.js';

/** Iterations of one kind in a closed loop, as their mean, and what they contribute to the mean latencies. */
export interface WeightedBatch {
  readonly shape: BatchShape;
  /** Mean TTFT and TPOT of the load are the sums of these times the duration of the batch. */
  readonly ttftWeight: number;
  readonly tpotWeight: number;
}

export interface BatchLimits {
  readonly maxBatchTokens: number;
  readonly maxSequences: number;
  /** Tokens of KV of the replica. */
  readonly kvTokens: number;
  /** Window of sliding-window layers; 0: none. */
  readonly windowTokens: number;
  /** Requests that each client sends. */
  readonly rounds: number;
}

/**
 * The batches that a closed loop leads to. Clients without think time make the order of events independent of
 * how long anything takes, so these are worked out once, and a fit weighs them by their durations: latencies are
 * then sums over batches, which is fast and smooth in the parameters. Scheduling is that of vLLM (decodes
 * first, one prompt after the other, what arrives during a batch joins the next but one); preemption is left out:
 * a request waits until its whole context fits. Errors are reported with the simulator, not with this.
 */
export function closedLoopBatches(load: ClosedLoop, limits: BatchLimits): WeightedBatch[] {
  const { concurrency } = load;
  const collected = new Map<number, Collected>();
  const total = concurrency * limits.rounds;
  const running: Sequence[] = [];
  const waiting: Sequence[] = [];
  const drawn = (index: number, purpose: number, longest: number) =>
    Math.max(
      1,
      Math.round(longest * (load.shortest + (1 - load.shortest) * hashUnit(index, purpose))),
    );
  let sent = 0;
  let ended = 0;
  let heldTokens = 0;
  let iteration = 0;
  const send = (at: number) => {
    const promptTokens = drawn(sent, 0, load.promptTokens);
    const outputTokens = Math.max(2, drawn(sent, 1, load.outputTokens));
    waiting.push({ promptTokens, outputTokens, from: at, computed: 0, written: 0 });
    sent++;
  };
  for (let client = 0; client < concurrency; client++) send(0);
  while (ended < total) {
    let budget = limits.maxBatchTokens;
    const batch = new Gathering(limits.windowTokens);
    let shortest = Number.POSITIVE_INFINITY;
    for (const one of running) {
      if (one.computed < one.promptTokens) continue;
      batch.decode(one);
      shortest = Math.min(shortest, one.outputTokens - one.written);
      budget--;
    }
    const grow = (one: Sequence) => {
      const chunk = Math.min(budget, one.promptTokens - one.computed);
      if (chunk > 0) batch.chunk(one, chunk);
      budget -= chunk;
    };
    for (const one of running) if (one.computed < one.promptTokens) grow(one);
    while (budget > 0 && running.length < limits.maxSequences) {
      const next = waiting[0];
      if (next === undefined || next.from > iteration) break;
      const needed = next.promptTokens + next.outputTokens;
      if (running.length > 0 && heldTokens + needed > limits.kvTokens) break;
      heldTokens += needed;
      running.push(waiting.shift()!);
      grow(next);
    }
    // Nothing happens until the first of the decoding sequences ends, or the next request can join.
    const joins = waiting.find(({ from }) => from > iteration)?.from ?? Number.POSITIVE_INFINITY;
    const length = batch.hasChunks ? 1 : Math.max(1, Math.min(shortest, joins - iteration));
    const queued = waiting.reduce((sum, { from }) => sum + (from <= iteration + 1 ? 1 : 0), 0);
    batch.addTo(collected, length, queued, running, total);
    for (let i = running.length - 1; i >= 0; i--) {
      const one = running[i]!;
      if (one.computed < one.promptTokens) continue;
      one.written += length;
      if (one.written < one.outputTokens) continue;
      running.splice(i, 1);
      heldTokens -= one.promptTokens + one.outputTokens;
      ended++;
      // The next batch is formed already: whoever comes now joins the one after it.
      if (sent < total) send(iteration + length + 1);
    }
    iteration += length;
  }
  return [...collected.values()].map(meanBatch);
}

interface Sequence {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** First iteration that can hold it. */
  readonly from: number;
  computed: number;
  written: number;
}

interface Collected {
  count: number;
  readonly sum: BatchShape;
  ttftWeight: number;
  tpotWeight: number;
}

/** One iteration while it is put together. */
class Gathering {
  private readonly shape = emptyBatchShape();
  private readonly windowTokens: number;
  private tpotWeight = 0;

  constructor(windowTokens: number) {
    this.windowTokens = windowTokens;
  }

  decode(one: Sequence): void {
    const shape = this.shape;
    const context = one.promptTokens + one.written;
    shape.decodeRows++;
    shape.sampledRows++;
    shape.decodeContextTokens += context;
    shape.windowedDecodeContextTokens += Math.min(context, this.windowTokens);
    this.tpotWeight += 1 / (one.outputTokens - 1);
  }

  chunk(one: Sequence, tokens: number): void {
    const shape = this.shape;
    const prior = one.computed;
    const window = this.windowTokens;
    one.computed += tokens;
    shape.chunks++;
    shape.chunkTokens += tokens;
    shape.chunkPairs += tokens * (prior + tokens) - (tokens * (tokens - 1)) / 2;
    shape.chunkPriorTokens += prior;
    shape.windowedChunkPairs += windowedPairs(prior, tokens, window);
    shape.windowedChunkPriorTokens += Math.min(prior, window);
    if (one.computed === one.promptTokens) shape.sampledRows++;
  }

  get hasChunks(): boolean {
    return this.shape.chunks > 0;
  }

  /** The batch and those that follow it without a change, `length` in all. */
  addTo(
    collected: Map<number, Collected>,
    length: number,
    queued: number,
    running: readonly Sequence[],
    total: number,
  ): void {
    const shape = this.shape;
    const { decodeRows } = shape;
    if (decodeRows + shape.chunks === 0) return;
    // Requests without a first token, in the batch or waiting, wait for all of it.
    let unanswered = queued;
    for (const one of running) if (one.written === 0) unanswered++;
    // Alike enough to be taken together: times are nearly linear inside such a class.
    const size = Math.round(8 * Math.log2(1 + shape.chunkTokens));
    const key = (decodeRows * 1024 + size) * 64 + Math.min(63, shape.chunks);
    const kept = collected.get(key) ?? {
      count: 0,
      sum: emptyBatchShape(),
      ttftWeight: 0,
      tpotWeight: 0,
    };
    kept.count += length;
    for (const name of shapeNames) kept.sum[name] += length * shape[name];
    kept.sum.decodeContextTokens += (decodeRows * length * (length - 1)) / 2;
    kept.ttftWeight += (length * unanswered) / total;
    kept.tpotWeight += (length * this.tpotWeight) / total;
    collected.set(key, kept);
  }
}

const shapeNames = Object.keys(emptyBatchShape()) as (keyof BatchShape)[];

function windowedPairs(prior: number, tokens: number, window: number): number {
  if (window === 0) return 0;
  // Positions before the window is full see all that is before them.
  const growing = Math.max(0, Math.min(tokens, window - prior));
  return growing * prior + (growing * (growing + 1)) / 2 + (tokens - growing) * window;
}

function meanBatch({ count, sum, ttftWeight, tpotWeight }: Collected): WeightedBatch {
  const mean = (value: number) => Math.round(value / count);
  const shape = emptyBatchShape();
  for (const name of shapeNames) shape[name] = mean(sum[name]);
  return { shape, ttftWeight, tpotWeight };
}
