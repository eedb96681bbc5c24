import { powerOfTwoGrid } from '../../../sim/kernel/timeGrid.js';
import { Dice } from '../dice.js';
import { randomCost } from '../randomCost.js';
import { randomSessions } from '../randomSessions.js';
import { randomStyle, type WorldStyle } from '../worldStyle.js';
import { addCombinedCancels, withCombinations } from './combinedHandOverWorld.js';
import type { HandOverWorld } from './handOverWorld.js';
import { type ReferenceHandOver, runReferenceHandOver } from './referenceHandOver.js';

/** A world of two pools that a seed determines, with what the reference says of it. */
export interface RandomHandOverWorld {
  readonly seed: number;
  readonly world: HandOverWorld;
  readonly reference: ReferenceHandOver;
}

/**
 * Makes the world of a seed: sessions as in worlds of one pool, tiny memories, slow and fast links, cancels at corners.
 *
 * @param isPlain first come first served, without speculation, tiers and expiry, and otherwise the same
 */
export function randomHandOverWorld(seed: number, isPlain = false): RandomHandOverWorld {
  const dice = new Dice(seed);
  const { world: drawn, style } = draft(dice);
  const world = isPlain ? drawn : withCombinations(drawn, style, seed);
  let reference = runReferenceHandOver(world);
  if (dice.chance(0.6)) {
    moveToBoundaries(dice, world, reference);
    reference = runReferenceHandOver(world);
  }
  if (dice.chance(0.4)) {
    addCancels(dice, world, reference);
    reference = runReferenceHandOver(world);
  }
  if (!isPlain && addCombinedCancels(world, reference, reference.arrivalMs, seed))
    reference = runReferenceHandOver(world);
  return { seed, world, reference };
}

function draft(dice: Dice): { world: HandOverWorld; style: WorldStyle } {
  const style = randomStyle(dice);
  const grid = powerOfTwoGrid(dice.pick([27, 24]));
  const { streams, tasks } = randomSessions(dice, style, grid);
  const decodeOnly = dice.chance(0.35);
  const engine = (only: boolean) => {
    const blockTokens = dice.chance(0.6) ? style.blockTokens : dice.pick([4, 16, 64]);
    const needed = Math.max(
      ...tasks.map((task) => Math.ceil((task.promptTokens + task.outputTokens) / blockTokens)),
    );
    const maxSequences = dice.pick([style.maxSequences, 1, 2, 4]);
    return {
      asyncScheduling: dice.chance(0.65),
      wholeSequenceAdmission: dice.chance(0.6),
      prefixCache: dice.chance(0.9),
      blockTokens,
      maxSequences,
      maxBatchTokens: Math.max(maxSequences, style.maxBatchTokens),
      kvBlocks: dice.pick([
        needed,
        needed,
        needed + dice.int(0, 6),
        needed * dice.int(1, 3),
        needed * 10,
        100_000,
      ]),
      ...(only ? { decodeOnly: true } : {}),
    };
  };
  const router = () => ({
    policy: dice.pick(['prefix-aware', 'least-requests'] as const),
    slack: dice.int(0, 4),
  });
  const world: HandOverWorld = {
    prefill: {
      grid,
      engine: engine(false),
      cost: randomCost(dice, grid),
      replicas: dice.pick([1, 1, 2, 3]),
      router: router(),
      streams,
      tasks,
    },
    decode: {
      engine: engine(decodeOnly),
      cost: randomCost(dice, grid),
      replicas: dice.pick([1, 1, 2, 3]),
      router: router(),
    },
    options: {
      firstToken: dice.pick(['prefill', 'decode'] as const),
      minTokens: decodeOnly || dice.chance(0.7) ? 0 : dice.int(1, 100),
      overlappedLayers: dice.chance(0.3) ? dice.int(2, 40) : 0,
      returnsKv: dice.chance(0.4),
      kvBytesPerToken: dice.pick([1, 0.75, 3]),
      latencyMs: dice.chance(0.5) ? 0 : grid.round(dice.spread(0.1, 5)),
      recomputes: false,
    },
    prefillBytesPerMs: dice.spread(0.05, 14),
    decodeBytesPerMs: dice.spread(0.05, 14),
  };
  return { world, style };
}

function moveToBoundaries(dice: Dice, world: HandOverWorld, reference: ReferenceHandOver): void {
  const boundariesMs = reference.iterationEndsMs.toSorted((a, b) => a - b);
  world.prefill.tasks.forEach((task, index) => {
    if (task.atMs !== undefined && dice.chance(0.5)) task.atMs = dice.pick(boundariesMs);
    const finishMs = reference.columns.finishMs[index]!;
    for (const spawn of task.spawns) {
      if (!dice.chance(0.3)) continue;
      const first = boundariesMs.findIndex((boundaryMs) => boundaryMs >= finishMs);
      const last = Math.min(first + 100, boundariesMs.length - 1);
      if (first >= 0) spawn.gapMs = boundariesMs[dice.int(first, last)]! - finishMs;
    }
  });
}

function addCancels(dice: Dice, world: HandOverWorld, reference: ReferenceHandOver): void {
  const { tasks, grid } = world.prefill;
  const { columns, tokenTimesMs, arrivalMs } = reference;
  for (let left = dice.int(1, 8); left > 0; left--) {
    const task = dice.int(0, tasks.length - 1);
    const from = arrivalMs[task]!;
    const to = columns.finishMs[task]!;
    const reserved = columns.decodeScheduledMs[task]!;
    const arrived = reserved + columns.kvTransferMs[task]!;
    const between = (a: number, b: number) => a + dice.uniform() * (b - a);
    const first = tokenTimesMs[task]![0]!;
    const boundaries = reference.iterationEndsMs.filter((atMs) => atMs >= from && atMs <= to);
    const atMs = dice.pick([
      () => between(from, to),
      () => between(from, columns.scheduledMs[task]!),
      () => between(columns.scheduledMs[task]!, reserved),
      () => between(first, reserved),
      () => first,
      () => reserved,
      () => between(reserved, arrived),
      () => between(reserved, arrived),
      () => arrived,
      () => between(arrived, to),
      () => dice.pick(boundaries),
      () => dice.pick(boundaries),
      () => dice.pick(tokenTimesMs[task]!),
    ])();
    if (!Number.isFinite(atMs)) continue;
    if (dice.chance(0.2)) {
      const others = tasks.map((_, index) => index);
      tasks[task]!.cancels ??= [];
      tasks[task]!.cancels.push({
        task: dice.pick(others),
        gapMs: dice.chance(0.5) ? 0 : grid.round(dice.spread(0.1, 8)),
      });
    } else tasks[task]!.cancelAtMs = grid.round(atMs);
  }
}
