import type { RunBatch } from './runBatch.js';

/** Where two runs of the same requests compute a prompt, counted from the token of the request that joined last before it. */
export interface PromptShift {
  /** So many batches later in the other run; undefined: in an idle engine in one of the runs only. */
  readonly batches: number | undefined;
  /** What the shift is made of, as ms: the prompt's batch began so much later there by the clock since that request joined … */
  readonly clockMs: number;
  /** … and the other run took so much less time for the batches that both had before it. */
  readonly speedMs: number;
}

/** A shift per request, in the order in which the prompts of `run` are computed. */
export function promptShifts(
  run: readonly RunBatch[],
  otherRun: readonly RunBatch[],
): PromptShift[] {
  const [places, otherPlaces] = [placesOf(run), placesOf(otherRun)];
  const idle = { clockMs: 0, speedMs: 0 };
  return run.flatMap(({ prompts, rows }, at) =>
    prompts.flatMap((request): PromptShift[] => {
      const there = otherPlaces.get(`${request} 0`);
      if (there === undefined) return [];
      const newest = rows.at(-1);
      const otherIsIdle = otherRun[there]!.rows.length === 0;
      if (newest === undefined) return [{ batches: otherIsIdle ? 0 : undefined, ...idle }];
      const counterpart = otherPlaces.get(`${newest.request} ${newest.token}`);
      const joined = places.get(`${newest.request} 0`);
      const joinedThere = otherPlaces.get(`${newest.request} 0`);
      if (counterpart === undefined || joined === undefined || joinedThere === undefined) return [];
      // Nothing but decodes lies between the batch in which that request joined and the one of this prompt.
      const common = Math.min(at - joined, there - joinedThere) - 1;
      const after = (count: number) => run[joined + count]!.endMs - run[joined]!.endMs;
      const afterThere = (count: number) =>
        otherRun[joinedThere + count]!.endMs - otherRun[joinedThere]!.endMs;
      return [
        {
          batches: otherIsIdle ? undefined : there - counterpart,
          clockMs: afterThere(there - joinedThere - 1) - after(at - joined - 1),
          speedMs: after(common) - afterThere(common),
        },
      ];
    }),
  );
}

/** Number of the batch that makes a token of a request. */
function placesOf(run: readonly RunBatch[]): Map<string, number> {
  const places = new Map<string, number>();
  run.forEach((batch, index) => {
    for (const request of batch.prompts) places.set(`${request} 0`, index);
    for (const { request, token } of batch.rows) places.set(`${request} ${token}`, index);
  });
  return places;
}
