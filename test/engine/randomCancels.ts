import type { Dice } from './dice.js';
import type { ReferenceResult } from './referenceResult.js';
import type { World } from './world.js';

/**
 * Has some requests of a world cancelled, at instants from `fromMs` on that are chosen by what the
 * reference engine says of the world without them.
 */
export function addRandomCancels(
  dice: Dice,
  world: World,
  reference: ReferenceResult,
  fromMs: number,
): void {
  const preempted = tasksWhere(world, (task) => reference.preemptions[task]! > 0);
  const everyone = tasksWhere(world, (task) => !Number.isNaN(reference.arrivalMs[task]!));
  const loading = tasksWhere(world, (task) => reference.kvLoadMs[task]! > 0);
  for (const task of loading.slice(0, 2)) {
    const atMs = world.grid.round(
      reference.arrivalMs[task]! + dice.uniform() * reference.kvLoadMs[task]!,
    );
    if (atMs >= fromMs && dice.chance(0.3)) world.tasks[task]!.cancelAtMs = atMs;
  }
  for (let left = dice.int(1, 6); left > 0; left--) {
    const task = dice.pick(preempted.length > 0 && dice.chance(0.6) ? preempted : everyone);
    if (dice.chance(0.2) && reference.finishMs[task]! >= fromMs) {
      cancelLosers(dice, world, reference, task);
    } else {
      const atMs = world.grid.round(randomInstant(dice, reference, task));
      if (atMs >= fromMs) world.tasks[task]!.cancelAtMs = atMs;
    }
  }
}

function tasksWhere(world: World, isMeant: (task: number) => boolean): number[] {
  return Array.from(world.tasks.keys()).filter(isMeant);
}

/** The end of a task cancels others that run or wait then: they are copies of a parallel step. */
function cancelLosers(dice: Dice, world: World, reference: ReferenceResult, winner: number): void {
  const { arrivalMs, finishMs } = reference;
  const endMs = finishMs[winner]!;
  const losers = tasksWhere(world, (task) => arrivalMs[task]! <= endMs && endMs < finishMs[task]!);
  if (losers.length === 0) return;
  const gapMs = dice.chance(0.6) ? 0 : world.grid.round(dice.spread(0.1, 10));
  world.tasks[winner]!.cancels = Array.from({ length: dice.int(1, 4) }, () => ({
    task: dice.pick(losers),
    gapMs,
  }));
}

/** An instant in the life of a task, or around it: corners of the engine rather than any time. */
function randomInstant(dice: Dice, reference: ReferenceResult, task: number): number {
  const arrivalMs = reference.arrivalMs[task]!;
  const finishMs = reference.finishMs[task]!;
  const scheduledMs = reference.scheduledMs[task]!;
  const tokensMs = reference.tokenTimesMs[task]!;
  const between = (fromMs: number, toMs: number) => fromMs + dice.uniform() * (toMs - fromMs);
  const boundariesMs = reference.iterationEndsMs.filter(
    (endMs) => endMs >= arrivalMs && endMs <= finishMs,
  );
  const instants: (() => number)[] = [
    () => between(arrivalMs, finishMs),
    () => arrivalMs,
    () => between(arrivalMs, scheduledMs),
    () => between(arrivalMs, boundariesMs.find((endMs) => endMs > arrivalMs)!),
    () => between(arrivalMs, boundariesMs.find((endMs) => endMs > arrivalMs)!),
    () => scheduledMs,
    () => between(scheduledMs, tokensMs[0]!),
    () => dice.pick(boundariesMs),
    () => dice.pick(tokensMs),
    () => tokensMs.at(-2)!,
    () => between(tokensMs.at(-2)!, finishMs),
    () => between(tokensMs.at(-3)!, tokensMs.at(-2)!),
    () => duringLongestGap(dice, tokensMs),
    () => duringLongestGap(dice, tokensMs),
    () => between(finishMs, finishMs + 100),
    () => between(arrivalMs - 100, arrivalMs),
  ];
  const atMs = dice.pick(instants)();
  return atMs >= 0 ? atMs : arrivalMs;
}

/** Where a preempted sequence waits for its way back; or in the iteration before, which gives its last token before that. */
function duringLongestGap(dice: Dice, tokensMs: readonly number[]): number {
  if (tokensMs.length < 2) return Number.NaN;
  let longest = 1;
  for (let i = 2; i < tokensMs.length; i++)
    if (tokensMs[i]! - tokensMs[i - 1]! > tokensMs[longest]! - tokensMs[longest - 1]!) longest = i;
  const beforeMs = tokensMs[longest - 1]!;
  if (dice.chance(0.6)) {
    const startMs = tokensMs[longest - 2] ?? beforeMs - 0.1;
    return startMs + dice.uniform() * (beforeMs - startMs);
  }
  return beforeMs + dice.uniform() * (tokensMs[longest]! - beforeMs);
}
