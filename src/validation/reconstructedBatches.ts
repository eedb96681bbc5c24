import { DecodingRequests, type RunBatch } from './runBatch.js';

/** A step as reconstructed from token times: how many rows and prompts it had, and how long it took. */
export interface ReconstructedStep {
  readonly decodeRows: number;
  readonly prompts: number;
  readonly durationMs: number;
}

/** A request of the same run, as its client saw it. */
export interface ClientRequest {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly firstTokenMs: number;
}

export interface ReconstructedRun {
  readonly batches: readonly RunBatch[];
  /** Steps whose number of rows is not that of the requests which decode then. */
  readonly unlike: number;
}

/**
 * Puts the steps of a run back on the clock: prompts end when their first token comes, a request decodes in each
 * batch until its output is complete. Steps are gaps between tokens, so a prompt that finds the engine idle is no
 * step; it is put in as a batch of its own, whose duration nobody knows (NaN). Requests in the order of sending.
 */
export function reconstructedBatches(
  steps: readonly ReconstructedStep[],
  requests: readonly ClientRequest[],
): ReconstructedRun {
  const order = requests.map((_, index) => index);
  order.sort((a, b) => requests[a]!.firstTokenMs - requests[b]!.firstTokenMs);
  const decoding = new DecodingRequests();
  const batches: RunBatch[] = [];
  let next = 0;
  let timeMs = 0;
  let unlike = 0;
  const promptsOf = (count: number) => {
    const prompts = order.slice(next, next + count);
    next += count;
    return { prompts, promptTokens: sumOf(prompts, (index) => requests[index]!.promptTokens) };
  };
  const joined = ({ prompts }: Pick<RunBatch, 'prompts'>) => {
    for (const index of prompts) {
      const { promptTokens, outputTokens, firstTokenMs } = requests[index]!;
      decoding.join(index, promptTokens, outputTokens);
      timeMs = firstTokenMs;
    }
  };
  for (const { decodeRows, prompts, durationMs } of steps) {
    if (decoding.count === 0) {
      const first = { ...promptsOf(1), rows: [], contextTokens: 0, durationMs: Number.NaN };
      joined(first);
      batches.push({ ...first, endMs: timeMs });
    }
    if (decoding.count !== decodeRows) unlike++;
    const { rows, contextTokens } = decoding;
    const batch = { ...promptsOf(prompts), rows, contextTokens, durationMs };
    timeMs += durationMs;
    decoding.step();
    joined(batch);
    batches.push({ ...batch, endMs: timeMs });
  }
  return { batches, unlike };
}

function sumOf(indices: readonly number[], value: (index: number) => number): number {
  return indices.reduce((sum, index) => sum + value(index), 0);
}
