/**
 * What a server adds to the TTFT of its engine under a closed loop: a time, and so many of its iterations, which
 * first tokens wait before they are sent.
 */
export interface FrontEndDelay {
  readonly delayMs: number;
  readonly iterations: number;
}

/** TTFT at the client, where the engine alone takes `ttftMs` and an iteration as long as the time per output token. */
export function delayedTtftMs(
  { delayMs, iterations }: FrontEndDelay,
  ttftMs: number,
  tpotMs: number,
): number {
  return ttftMs + delayMs + iterations * tpotMs;
}
