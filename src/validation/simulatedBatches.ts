import type { RequestTable } from '../../sim/facts/requestTable.js';
import { emptyBatchShape, type IterationCost } from '../../sim/hardware/iterationCost.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { DecodingRequests, type RunBatch } from './runBatch.js';

const nearlyMs = 0.01;

type RequestColumns = 'count' | 'promptTokens' | 'outputTokens' | 'firstTokenMs' | 'finishMs';

/**
 * The batches of a simulated run of one replica, from its requests: where prompts are computed whole and nobody is
 * preempted, first tokens say which batches held prompts, and the cost how many others fit between them. That the
 * requests end when the simulator said is checked, so nothing is guessed.
 */
export function simulatedBatches(
  requests: Pick<RequestTable, RequestColumns>,
  cost: IterationCost,
): RunBatch[] {
  const groups = promptGroups(requests.firstTokenMs.subarray(0, requests.count));
  const decoding = new DecodingRequests();
  const batches: RunBatch[] = [];
  let timeMs = 0;
  const take = (prompts: readonly number[], endMs: number, durationMs: number) => {
    batches.push({
      endMs,
      durationMs,
      rows: decoding.rows,
      prompts,
      promptTokens: prompts.reduce((sum, index) => sum + requests.promptTokens[index]!, 0),
      contextTokens: decoding.contextTokens,
    });
    for (const index of decoding.step()) {
      const apartMs = Math.abs(requests.finishMs[index]! - endMs);
      invariant(apartMs < nearlyMs, `request ${index} ends ${apartMs} ms from its last batch`);
    }
    for (const index of prompts)
      decoding.join(index, requests.promptTokens[index]!, requests.outputTokens[index]!);
    timeMs = endMs;
  };
  for (const prompts of groups) {
    const firstTokenMs = requests.firstTokenMs[prompts[0]!]!;
    const lengths = prompts.map((index) => requests.promptTokens[index]!);
    for (;;) {
      const withPromptsMs = durationOf(decoding, lengths, cost);
      const isNow = Math.abs(timeMs + withPromptsMs - firstTokenMs) < nearlyMs;
      if (decoding.count === 0 || isNow) {
        take(prompts, firstTokenMs, withPromptsMs);
        break;
      }
      const aloneMs = durationOf(decoding, [], cost);
      invariant(timeMs + aloneMs < firstTokenMs, `no batch ends at ${firstTokenMs} ms`);
      take([], timeMs + aloneMs, aloneMs);
    }
  }
  while (decoding.count > 0) {
    const aloneMs = durationOf(decoding, [], cost);
    take([], timeMs + aloneMs, aloneMs);
  }
  return batches;
}

/** Requests whose first tokens come together, in the order of time. */
function promptGroups(firstTokenMs: Float64Array): number[][] {
  const order = Array.from(firstTokenMs, (_, index) => index);
  order.sort((a, b) => firstTokenMs[a]! - firstTokenMs[b]!);
  const groups: number[][] = [];
  for (const index of order) {
    const last = groups.at(-1);
    if (last !== undefined && firstTokenMs[last[0]!] === firstTokenMs[index]) last.push(index);
    else groups.push([index]);
  }
  return groups;
}

/** An asynchronous iteration of these decodes and whole prompts. */
function durationOf(
  { count, contextTokens }: Pick<DecodingRequests, 'count' | 'contextTokens'>,
  promptTokens: readonly number[],
  cost: IterationCost,
): number {
  const shape = {
    ...emptyBatchShape(),
    decodeRows: count,
    decodeContextTokens: contextTokens,
    chunks: promptTokens.length,
    chunkTokens: promptTokens.reduce((sum, tokens) => sum + tokens, 0),
    chunkPairs: promptTokens.reduce((sum, tokens) => sum + (tokens * (tokens + 1)) / 2, 0),
    sampledRows: count + promptTokens.length,
  };
  return Math.max(cost.deviceMs(shape), cost.hostMs(count + promptTokens.length)) + cost.syncMs;
}
