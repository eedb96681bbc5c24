import type { ScaleUpLink } from './accelerator.js';
import { allReduceTime } from './allReduceTime.js';
import type { Deployment } from './deployment.js';
import type { ModelShare } from './modelShare.js';

/**
 * Time of the communication of one layer between the accelerators of a replica, by the tokens of an iteration.
 *
 * - Tensor-parallel attention: two all-reduces of the hidden states.
 * - Context parallelism: besides, queries are gathered and partial outputs scattered, which together move what one
 *   all-reduce of them moves, but start twice.
 * - Data-parallel attention: an all-gather before the feed-forward block and a reduce-scatter after it, likewise.
 * - Data-parallel attention with expert parallelism: an all-to-all to the experts and one back; a token goes once to
 *   each other accelerator that has one of its experts.
 */
export function layerCollectives(
  deployment: Deployment,
  share: ModelShare,
): (tokens: number) => number {
  const { accelerator, tensorParallel, attention } = deployment;
  const { scaleUp } = accelerator;
  const startMs = tensorParallel > 1 ? (scaleUp?.latencyMs ?? 0) : 0;
  const hiddenBytes = share.exchangedBytesPerToken;
  if (attention === 'data' && deployment.expertParallel === true && deployment.model.experts) {
    return allToAlls(deployment, scaleUp, hiddenBytes);
  }
  const allReduceMs = allReduceTime(scaleUp, tensorParallel);
  if (attention === 'data') return (tokens) => allReduceMs(tokens * hiddenBytes) + startMs;
  if (attention !== 'context') return (tokens) => 2 * allReduceMs(tokens * hiddenBytes);
  return (tokens) =>
    2 * allReduceMs(tokens * hiddenBytes) +
    allReduceMs(tokens * share.partialBytesPerToken) +
    startMs;
}

/** Inside the scale-up domain at its bandwidth, beyond it at that of the network; both at once. */
function allToAlls(
  { accelerator, tensorParallel: ways, model }: Deployment,
  scaleUp: ScaleUpLink | undefined,
  hiddenBytes: number,
): (tokens: number) => number {
  if (ways <= 1 || scaleUp === undefined) return () => 0;
  let none = 1;
  for (let pick = 0; pick < (model.experts?.active ?? 0); pick++) none *= 1 - 1 / ways;
  const receivers = (ways - 1) * (1 - none);
  const outside = Math.max(0, ways - scaleUp.domain) / (ways - 1);
  const inside = 1 - outside;
  const network = accelerator.scaleOutBytesPerSec ?? scaleUp.bytesPerSec;
  const msPerByte = 1000 * Math.max(inside / scaleUp.bytesPerSec, outside / network);
  const msPerToken = (2 * receivers * hiddenBytes * msPerByte) / ways;
  return (tokens) => 2 * scaleUp.latencyMs + tokens * msPerToken;
}
