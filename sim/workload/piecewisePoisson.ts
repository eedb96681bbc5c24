import { invariant } from '../kernel/invariant.js';
import type { Uniform } from '../kernel/random.js';
import { lawSampler } from '../laws/lawSampler.js';

const unitExponential = lawSampler({ kind: 'exponential', mean: 1 });

/**
 * Poisson arrivals whose rate is constant between breakpoints. Exact, by change of time: arrivals are a
 * unit Poisson process in "expected arrivals so far", one uniform each. Each call gives the next, in ms;
 * Infinity once the last rate is 0.
 */
export function piecewisePoisson(
  steps: readonly { readonly fromMs: number; readonly ratePerMs: number }[],
  uniform: Uniform,
): () => number {
  invariant(steps[0]?.fromMs === 0, 'the first step of a piecewise rate must begin at 0');
  let index = 0;
  let timeMs = 0;
  return () => {
    let expected = unitExponential(uniform);
    for (;;) {
      const { ratePerMs } = steps[index]!;
      const endMs = steps[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      const leftInStep = ratePerMs === 0 ? 0 : ratePerMs * (endMs - timeMs);
      if (expected < leftInStep) {
        // Rounding must not carry it past the breakpoint: the next arrival could come out earlier.
        timeMs = Math.min(endMs, timeMs + expected / ratePerMs);
        return timeMs;
      }
      if (index === steps.length - 1) return Number.POSITIVE_INFINITY;
      expected -= leftInStep;
      timeMs = endMs;
      index++;
    }
  };
}
