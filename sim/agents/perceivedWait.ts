/** Output that a human can use: `tokens` that come evenly from `fromMs` to `untilMs`. */
export interface UsefulOutput {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly tokens: number;
}

/** What a human perceives of one turn. */
export interface TurnPerception {
  /** Perceived wait W: time between submit and yield without unread useful output. */
  readonly waitMs: number;
  /** First useful token, the yield when there was none before it. */
  readonly firstUsefulMs: number;
  /** Time to read what is unread at the yield. */
  readonly unreadMs: number;
  /** Stretches of waiting, in order. */
  readonly gaps: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

/**
 * Works out the perceived wait of a turn from the useful output in it. Unread output drains at reading
 * speed; output that comes slower than it is read is read as it comes.
 *
 * @param outputs in any order; they may overlap
 */
export function perceiveTurn(
  submitMs: number,
  yieldMs: number,
  outputs: readonly UsefulOutput[],
  readingTokensPerMs: number,
): TurnPerception {
  const ordered = outputs
    .filter(({ tokens }) => tokens > 0)
    .sort((a, b) => a.fromMs - b.fromMs || a.untilMs - b.untilMs);
  const gaps: { fromMs: number; untilMs: number }[] = [];
  let busyUntilMs = submitMs;
  let waitMs = 0;
  for (const { fromMs, untilMs, tokens } of ordered) {
    if (fromMs > yieldMs) break;
    if (fromMs > busyUntilMs) {
      gaps.push({ fromMs: busyUntilMs, untilMs: fromMs });
      waitMs += fromMs - busyUntilMs;
      busyUntilMs = fromMs;
    }
    const readMs = tokens / readingTokensPerMs;
    busyUntilMs = Math.max(untilMs, busyUntilMs + readMs);
  }
  if (busyUntilMs < yieldMs) {
    gaps.push({ fromMs: busyUntilMs, untilMs: yieldMs });
    waitMs += yieldMs - busyUntilMs;
  }
  return {
    waitMs,
    // What began to come while the human was still at the last question is there at the submit.
    firstUsefulMs: Math.max(submitMs, Math.min(yieldMs, ordered[0]?.fromMs ?? yieldMs)),
    unreadMs: Math.max(0, busyUntilMs - yieldMs),
    gaps,
  };
}
