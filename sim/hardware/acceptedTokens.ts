import type { Deployment } from './deployment.js';

/** Tokens of the longest context that a deployment accepts: what its model does, unless it was lowered. */
export function acceptedTokens({ model, maxContextTokens }: Deployment): number {
  return Math.min(model.contextWindow, maxContextTokens ?? Number.POSITIVE_INFINITY);
}
