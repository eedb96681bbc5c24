import { type AdmissionOrder, admissionOrders } from '../../sim/engine/admissionOrder.js';
import type { IterationCost } from '../../sim/hardware/iterationCost.js';
import { speculatingCost } from '../../sim/hardware/speculatingCost.js';
import { powerOfTwoGrid, type TimeGrid } from '../../sim/kernel/timeGrid.js';
import type { Speculation } from '../../sim/run/scenario.js';
import { Dice } from './dice.js';
import { addRandomCancels } from './randomCancels.js';
import { randomCost } from './randomCost.js';
import { addRandomGaps, randomGapRetention } from './randomGaps.js';
import { addRandomHints } from './randomHints.js';
import { randomSessions } from './randomSessions.js';
import { randomSpeculation } from './randomSpeculation.js';
import { randomTiering } from './randomTiering.js';
import { addRandomUrgency } from './randomUrgency.js';
import { runReference } from './referenceEngine.js';
import type { ReferenceResult } from './referenceResult.js';
import type { World, WorldTask } from './world.js';
import { randomStyle, type WorldKind, type WorldStyle } from './worldStyle.js';

/** A world that a seed determines, with what the reference engine says of it. */
export interface RandomWorld {
  readonly seed: number;
  readonly kind: WorldKind;
  readonly world: World;
  readonly reference: ReferenceResult;
  /** Requests that share output of a sequence that was still writing it. */
  readonly liveForks: number;
}

type CostOn = (dice: Dice, grid: TimeGrid) => IterationCost;

/**
 * Makes the world of a seed. Some arrivals are moved to the very instants at which iterations of a
 * first run end, and some requests are added that fork from the output of running sequences as soon
 * as the tokens exist: chance alone would never hit these instants. Requests of some worlds are cancelled.
 *
 * @param costOn the iteration cost of all replicas; a random one unless given
 */
export function randomWorld(seed: number, costOn: CostOn = randomCost): RandomWorld {
  const dice = new Dice(seed);
  const style = randomStyle(dice);
  const grid = powerOfTwoGrid(dice.pick([27, 27, 24, 20]));
  // Dice of their own: what else a world is does not depend on its order.
  const orderDice = new Dice(~seed - 0x4000_0000);
  const order = orderDice.chance(0.4) ? orderDice.pick(admissionOrders) : 'fcfs';
  const draftDice = new Dice(~seed - 0x2000_0000);
  const speculation = draftDice.chance(0.25) ? randomSpeculation(draftDice) : undefined;
  const draft = withTiers(firstDraft(dice, style, grid, costOn, order, speculation), seed);
  const gapDice = new Dice(seed ^ 0x6a95e7);
  const gapped = withGaps(withRetention(draft, style, seed), gapDice, style);
  const world = withHints(gapped, style, seed);
  const complete = (task: WorldTask) => {
    addRandomUrgency(orderDice, task, style, grid);
    if (speculation) task.seed = draftDice.int(-0x8000_0000, 0x7fff_ffff);
  };
  world.tasks.forEach(complete);
  let reference = runReference(world);
  if (dice.chance(0.6)) {
    moveToBoundaries(dice, world, reference);
    reference = runReference(world);
  }
  // Dice of their own: worlds without cancels stay as they were before there were any.
  const cancelDice = new Dice(~seed);
  if (cancelDice.chance(0.3)) {
    addRandomCancels(cancelDice, world, reference, 0);
    reference = runReference(world);
  }
  const hasVisitors = style.kind === 'forks' || dice.chance(0.4);
  let liveForks = 0;
  let earliestMs = 0;
  for (let left = hasVisitors ? dice.int(1, 3) : 0; left > 0; left--) {
    const visitor = dice.chance(0.75)
      ? liveFork(dice, world, reference)
      : boundaryVisitor(dice, world, reference);
    // A later visitor must not change what an earlier one has seen.
    if (visitor === undefined || visitor.task.atMs! < earliestMs) continue;
    earliestMs = visitor.task.atMs!;
    world.streams.push({ parent: visitor.parent, forkTokens: visitor.forkTokens });
    complete(visitor.task);
    world.tasks.push(visitor.task);
    if (visitor.isLive) liveForks++;
    reference = runReference(world);
  }
  if (cancelDice.chance(0.3)) {
    // Before that a cancel could take back output that visitors have seen.
    addRandomCancels(cancelDice, world, reference, earliestMs);
    reference = runReference(world);
  }
  return { seed, kind: style.kind, world, reference, liveForks };
}

/** Gives some worlds memory tiers, by dice of their own: the others stay as they were before there were any. */
function withTiers(world: World, seed: number): World {
  const dice = new Dice(seed ^ 0x71e5);
  const { replicas, grid, tasks } = world;
  if (!world.engine.prefixCache || !dice.chance(0.35)) return world;
  const { blockTokens, speculation } = world.engine;
  const { draftTokens = 0 } = speculation ?? {};
  const needed = Math.max(...tasks.map((task) => blocksOf(task, blockTokens, draftTokens)));
  // Only what was evicted is loaded.
  const kvBlocks = dice.chance(0.7) ? needed + dice.int(0, needed) : world.engine.kvBlocks;
  const engine = { ...world.engine, kvBlocks };
  return { ...world, engine, tiering: randomTiering(dice, { replicas, grid, kvBlocks }) };
}

/** Lets some worlds with tiers load ahead, by dice of their own. */
function withHints(world: World, { gapMs }: WorldStyle, seed: number): World {
  const dice = new Dice(seed ^ 0x4e10ad);
  const { tiering } = world;
  if (tiering === undefined || !dice.chance(0.8)) return world;
  addRandomHints(dice, world, gapMs);
  // What takes long on its way meets others who need its room; what is fast, calls that have not left yet.
  const slowness = dice.pick([1 / 64, 1, 4, 16]);
  const tiers = tiering.tiers.map((tier) => ({
    ...tier,
    bytesPerMs: tier.bytesPerMs / slowness,
  }));
  const load = slowness > 1 ? 'always' : tiering.load;
  return { ...world, tiering: { ...tiering, tiers, load, prefetch: 'tool-return' } };
}

/** Lets the cached blocks of some worlds expire, by dice of their own. */
function withRetention(world: World, { gapMs }: WorldStyle, seed: number): World {
  const dice = new Dice(seed ^ 0x77ab1e);
  if (!world.engine.prefixCache || !dice.chance(0.25)) return world;
  const ttlMs = dice.chance(0.1) ? 0 : world.grid.round(dice.spread(gapMs / 16, 9));
  return { ...world, engine: { ...world.engine, ttlMs } };
}

/** Lets some worlds decide on contexts at the end of each call that a gap follows. */
function withGaps(world: World, dice: Dice, { gapMs }: WorldStyle): World {
  if (!world.engine.prefixCache || !dice.chance(0.3)) return world;
  addRandomGaps(dice, world, gapMs);
  return {
    ...world,
    engine: { ...world.engine, overGaps: randomGapRetention(dice, world, gapMs) },
  };
}

function firstDraft(
  dice: Dice,
  style: WorldStyle,
  grid: TimeGrid,
  costOn: CostOn,
  order: AdmissionOrder,
  speculation: Speculation | undefined,
): World {
  const { streams, tasks } = randomSessions(dice, style, grid);
  const prefixCache = dice.chance(0.9);
  const { draftTokens = 0 } = speculation ?? {};
  return {
    grid,
    engine: {
      asyncScheduling: dice.chance(0.65),
      wholeSequenceAdmission: dice.chance(0.6),
      prefixCache,
      blockTokens: style.blockTokens,
      maxSequences: style.maxSequences,
      maxBatchTokens: Math.max(style.maxBatchTokens, style.maxSequences * (1 + draftTokens)),
      kvBlocks: randomMemory(dice, style, tasks, draftTokens),
      order,
      ...(speculation === undefined ? {} : { speculation }),
    },
    cost: costWith(speculation, costOn(dice, grid), grid),
    replicas: style.replicas,
    router: {
      policy: dice.chance(0.6) ? 'prefix-aware' : 'least-requests',
      slack: dice.int(0, 4),
    },
    streams,
    tasks,
  };
}

/** KV blocks per replica: never less than the longest request needs, often no more. */
function randomMemory(
  dice: Dice,
  style: WorldStyle,
  tasks: readonly WorldTask[],
  draftTokens: number,
): number {
  const needed = Math.max(...tasks.map((task) => blocksOf(task, style.blockTokens, draftTokens)));
  if (style.kind === 'forks') return needed + dice.int(0, 6);
  if (style.kind !== 'plain') return needed + dice.int(0, needed);
  return dice.pick([
    needed,
    needed,
    needed + dice.int(0, 10),
    needed * dice.int(1, 3),
    needed * dice.int(2, 10),
    needed * style.maxSequences + 10,
    100_000,
  ]);
}

/** Blocks that a task needs at most: drafts go beyond its output. */
function blocksOf(task: WorldTask, blockTokens: number, draftTokens: number): number {
  return Math.ceil((task.promptTokens + task.outputTokens + draftTokens) / blockTokens);
}

function costWith(speculation: Speculation | undefined, cost: IterationCost, grid: TimeGrid) {
  return speculation === undefined ? cost : speculatingCost(cost, speculation, grid);
}

function moveToBoundaries(dice: Dice, world: World, reference: ReferenceResult): void {
  const boundariesMs = reference.iterationEndsMs.toSorted((a, b) => a - b);
  world.tasks.forEach((task, index) => {
    if (task.atMs !== undefined && dice.chance(0.5)) task.atMs = dice.pick(boundariesMs);
    const finishMs = reference.finishMs[index]!;
    for (const spawn of task.spawns) {
      if (!dice.chance(0.3)) continue;
      const first = boundariesMs.findIndex((boundaryMs) => boundaryMs >= finishMs);
      const last = Math.min(first + 200, boundariesMs.length - 1);
      if (first >= 0) spawn.gapMs = boundariesMs[dice.int(first, last)]! - finishMs;
    }
  });
}

interface Visitor {
  readonly parent: number;
  readonly forkTokens: number;
  readonly task: WorldTask;
  /** It comes while the sequence that it forks from is written. */
  readonly isLive: boolean;
}

/** A request whose prompt holds output of a sequence that is still running, sent when or soon after the token exists. */
function liveFork(dice: Dice, world: World, reference: ReferenceResult): Visitor | undefined {
  const { blockTokens } = world.engine;
  const source = dice.int(0, world.tasks.length - 1);
  const { stream, promptTokens, outputTokens } = world.tasks[source]!;
  if (outputTokens < 2) return undefined;
  const seenTokens = dice.int(1, outputTokens - 1);
  const laterMs = dice.chance(0.6) ? 0 : world.grid.round(dice.spread(0.1, 10));
  const knownTokens = promptTokens + seenTokens;
  const forkTokens = dice.chance(0.5)
    ? knownTokens
    : Math.max(1, Math.floor(knownTokens / blockTokens) * blockTokens);
  const seenMs = reference.tokenTimesMs[source]![seenTokens - 1];
  // A cancelled request never gets that far.
  if (seenMs === undefined) return undefined;
  const atMs = seenMs + laterMs;
  const isLive = atMs < reference.finishMs[source]!;
  return visitor(dice, world, { parent: stream, forkTokens, isLive }, atMs);
}

/** A request of its own that comes at the end of some iteration. */
function boundaryVisitor(dice: Dice, world: World, reference: ReferenceResult) {
  const own = { parent: -1, forkTokens: 0, isLive: false };
  return visitor(dice, world, own, dice.pick(reference.iterationEndsMs));
}

function visitor(
  dice: Dice,
  world: World,
  origin: Omit<Visitor, 'task'>,
  atMs: number,
): Visitor | undefined {
  const freshTokens = origin.forkTokens > 0 && dice.chance(0.3) ? 0 : dice.int(1, 40);
  const task: WorldTask = {
    stream: world.streams.length,
    promptTokens: origin.forkTokens + freshTokens,
    outputTokens: dice.int(1, 20),
    atMs,
    spawns: [],
  };
  const { blockTokens, kvBlocks, speculation } = world.engine;
  const fits = blocksOf(task, blockTokens, speculation?.draftTokens ?? 0) <= kvBlocks;
  return fits ? { ...origin, task } : undefined;
}
