const maxTokens = 100_000_000;

/** A drawn length as whole tokens, at least `atLeast`. */
export function wholeTokens(drawn: number, atLeast: number): number {
  return Math.max(atLeast, Math.min(maxTokens, Math.round(drawn)));
}
