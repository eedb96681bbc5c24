import { allReduceTime } from './allReduceTime.js';
import type { Deployment } from './deployment.js';

/**
 * Time of the communication of one layer between the accelerators of a replica, by the bytes of all of
 * an iteration's tokens (their hidden states). Tensor-parallel attention: two all-reduces. Data-parallel
 * attention: an all-gather before the feed-forward block and a reduce-scatter after it, which together
 * move what one all-reduce moves, but start twice.
 */
export function layerCollectives({
  accelerator,
  tensorParallel,
  attention,
}: Deployment): (bytes: number) => number {
  const { scaleUp } = accelerator;
  const allReduceMs = allReduceTime(scaleUp, tensorParallel);
  if (attention !== 'data') return (bytes) => 2 * allReduceMs(bytes);
  const startMs = tensorParallel > 1 ? (scaleUp?.latencyMs ?? 0) : 0;
  return (bytes) => allReduceMs(bytes) + startMs;
}
