import { largestOf } from './largestOf.js';

/** How much more the busiest accelerator of an expert-parallel group has to do than their mean: factors of at least 1. */
export interface ExpertSkew {
  /** Distinct experts that its tokens touch, whose weights it streams. */
  readonly touched: number;
  /** Tokens that its experts compute. */
  readonly tokens: number;
}

const none: ExpertSkew = { touched: 1, tokens: 1 };

/**
 * Skew of expert parallelism when routers pick evenly at random: an accelerator gets a random part of the picks, and
 * all wait for the one that got most. Real routers favour some experts; engines that move experts about (EPLB) come
 * near this, others are worse.
 *
 * @param perToken experts that a token passes
 * @param touched distinct experts touched, over all accelerators
 */
export function expertSkew(
  ways: number,
  experts: number,
  perToken: number,
  tokens: number,
  touched: number,
): ExpertSkew {
  if (ways <= 1 || tokens === 0) return none;
  const spread = largestOf(ways);
  const held = experts / ways;
  const meanTouched = touched / ways;
  const mostTouched = meanTouched + spread * Math.sqrt(meanTouched * (1 - meanTouched / held));
  const meanTokens = (tokens * perToken) / ways;
  const mostTokens = meanTokens + spread * Math.sqrt(meanTokens * (1 - 1 / ways));
  // Nobody touches more than it holds, or gets more than there is.
  return {
    touched: Math.max(1, Math.min(mostTouched, held, touched) / meanTouched),
    tokens: Math.max(1, Math.min(mostTokens, tokens * perToken) / meanTokens),
  };
}
