import type { RunBatch } from './runBatch.js';

/** A batch of one run, and the batch of another run of the same requests that holds the same token of its newest request. */
export interface AlignedBatches {
  readonly one: RunBatch;
  readonly other: RunBatch;
}

/**
 * Pairs each batch of a run with one of another run of the same requests. A token is made by one batch in each, so
 * the next token of the request in a batch that joined last (of the first prompt, where nothing decodes) names its
 * counterpart: batches are counted from the last prompt on, and the pairing cannot drift. Those without a counterpart are left out.
 */
export function alignBatches(
  run: readonly RunBatch[],
  otherRun: readonly RunBatch[],
): AlignedBatches[] {
  const holders = new Map<string, RunBatch>();
  for (const batch of otherRun) {
    for (const { request, token } of batch.rows) holders.set(`${request} ${token}`, batch);
    for (const request of batch.prompts) holders.set(`${request} 0`, batch);
  }
  return run.flatMap((one) => {
    const { request, token } = one.rows.at(-1) ?? { request: one.prompts[0], token: 0 };
    const other = holders.get(`${request} ${token}`);
    return other === undefined ? [] : [{ one, other }];
  });
}

/** Share of the time of a run during which another has as many decode rows, by the clock; idle counts as none. */
export function timeWithEqualRows(run: readonly RunBatch[], otherRun: readonly RunBatch[]): number {
  const changes = [
    ...rowChanges(run).map((change) => ({ ...change, which: 0 })),
    ...rowChanges(otherRun).map((change) => ({ ...change, which: 1 })),
  ].sort((a, b) => a.atMs - b.atMs);
  const rows = [0, 0];
  let equalMs = 0;
  let allMs = 0;
  changes.forEach(({ atMs, which, count }, index) => {
    rows[which] = count;
    const lastsMs = (changes[index + 1]?.atMs ?? atMs) - atMs;
    allMs += lastsMs;
    if (rows[0] === rows[1]) equalMs += lastsMs;
  });
  return equalMs / allMs;
}

function rowChanges(run: readonly RunBatch[]): { atMs: number; count: number }[] {
  return run.flatMap(({ endMs, durationMs, rows }, index) => {
    const beforeMs = run[index - 1]?.endMs ?? Number.NEGATIVE_INFINITY;
    // A prompt in an idle engine has no known start, and no rows.
    const startMs = rows.length === 0 ? beforeMs : Math.max(beforeMs, endMs - durationMs);
    const next = run[index + 1];
    const isIdle = next === undefined || next.rows.length === 0;
    return [
      ...(rows.length === 0 ? [] : [{ atMs: startMs, count: rows.length }]),
      ...(isIdle ? [{ atMs: endMs, count: 0 }] : []),
    ];
  });
}
