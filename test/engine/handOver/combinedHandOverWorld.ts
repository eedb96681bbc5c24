import { admissionOrders } from '../../../sim/engine/admissionOrder.js';
import { speculatingCost } from '../../../sim/hardware/speculatingCost.js';
import { Dice } from '../dice.js';
import { randomSpeculation } from '../randomSpeculation.js';
import { randomTiering } from '../randomTiering.js';
import { addRandomUrgency } from '../randomUrgency.js';
import type { World, WorldTask } from '../world.js';
import type { WorldStyle } from '../worldStyle.js';
import type { HandOverResult, HandOverWorld } from './handOverWorld.js';

type Side = HandOverWorld['decode'];

/** A world of two pools with some of all that one pool can do: orders, speculation, memory tiers, and blocks that expire. In some the KV of one is of no use to the other. Dice of its own. */
export function withCombinations(
  world: HandOverWorld,
  style: WorldStyle,
  seed: number,
): HandOverWorld {
  const dice = new Dice(~seed - 0x5000_0000);
  const { grid, tasks, streams } = world.prefill;
  for (const task of tasks) {
    addRandomUrgency(dice, task, style, grid);
    task.seed = dice.int(-0x8000_0000, 0x7fff_ffff);
  }
  const combined = (side: Side, draftShare: number): Side => {
    const drafting = dice.chance(draftShare) ? withSpeculation(side, tasks, grid, dice) : side;
    const order = dice.chance(0.4) ? dice.pick(admissionOrders) : undefined;
    const expires = side.engine.prefixCache && dice.chance(0.25);
    const ttlMs = dice.chance(0.1) ? 0 : grid.round(dice.spread(style.gapMs / 16, 9));
    return {
      ...drafting,
      engine: {
        ...drafting.engine,
        ...(order === undefined ? {} : { order }),
        ...(expires ? { ttlMs } : {}),
      },
    };
  };
  const prefill: World = { ...combined(world.prefill, 0.1), grid, tasks, streams };
  // Only where no prompts are computed what is preempted takes its draws elsewhere and back.
  const decode = combined(world.decode, world.decode.engine.decodeOnly ? 0.7 : 0.35);
  const isUnread = !world.decode.engine.decodeOnly && dice.chance(0.2);
  const options = isUnread ? unreadKv(world.options) : world.options;
  return { ...world, prefill: withTiers(prefill, dice), decode, options };
}

/** The decode pool cannot read the KV, so none moves. */
function unreadKv(options: HandOverWorld['options']): HandOverWorld['options'] {
  return {
    ...options,
    recomputes: true,
    firstToken: 'prefill',
    overlappedLayers: 0,
    returnsKv: false,
    latencyMs: 0,
  };
}

/** Cancels requests while they load, and between their last byte and the start of their first batch. False: there were none. */
export function addCombinedCancels(
  world: HandOverWorld,
  { columns }: HandOverResult,
  arrivalMs: Float64Array,
  seed: number,
): boolean {
  const dice = new Dice(~seed - 0x6000_0000);
  if (!dice.chance(0.4)) return false;
  const { tasks, grid } = world.prefill;
  let count = 0;
  tasks.forEach((task, index) => {
    const loadMs = columns.kvLoadMs[index]!;
    const reservedMs = columns.decodeScheduledMs[index]!;
    const arrivedMs = reservedMs + columns.kvTransferMs[index]!;
    const isLoading = loadMs > 0 && dice.chance(0.5);
    if (!isLoading && !(arrivedMs > 0 && dice.chance(0.1))) return;
    const fromMs = isLoading ? arrivalMs[index]! : arrivedMs;
    const overMs = isLoading ? loadMs : columns.decodeIterationMs[index]!;
    task.cancelAtMs = grid.round(fromMs + dice.uniform() * overMs);
    count++;
  });
  return count > 0;
}

function withSpeculation(
  side: Side,
  tasks: readonly WorldTask[],
  grid: World['grid'],
  dice: Dice,
): Side {
  const speculation = randomSpeculation(dice);
  const { draftTokens } = speculation;
  const { maxBatchTokens, kvBlocks } = side.engine;
  const isCrowded = dice.chance(0.35);
  const maxSequences = Math.max(side.engine.maxSequences, isCrowded ? 4 : 1);
  const needed = blocksNeeded(side, tasks, draftTokens);
  const engine = {
    ...side.engine,
    speculation,
    maxSequences,
    maxBatchTokens: Math.max(maxBatchTokens, maxSequences * (1 + draftTokens)),
    // Rows that do not fit together are preempted, and go back through the prefill pool.
    kvBlocks: isCrowded || dice.chance(0.3) ? needed + dice.int(0, 3) : Math.max(kvBlocks, needed),
  };
  return { ...side, engine, cost: speculatingCost(side.cost, speculation, grid) };
}

function withTiers(prefill: World, dice: Dice): World {
  const { replicas, grid, tasks, engine } = prefill;
  if (!engine.prefixCache || !dice.chance(0.35)) return prefill;
  const needed = blocksNeeded(prefill, tasks, engine.speculation?.draftTokens ?? 0);
  // Only what was evicted is loaded.
  const kvBlocks = dice.chance(0.7) ? needed + dice.int(0, needed) : engine.kvBlocks;
  const tiering = randomTiering(dice, { replicas, grid, kvBlocks });
  return { ...prefill, engine: { ...engine, kvBlocks }, tiering };
}

/** Blocks that the longest task needs: drafts go beyond its output. */
function blocksNeeded({ engine }: Side, tasks: readonly WorldTask[], draftTokens: number): number {
  return Math.max(
    ...tasks.map(({ promptTokens, outputTokens }) =>
      Math.ceil((promptTokens + outputTokens + draftTokens) / engine.blockTokens),
    ),
  );
}
