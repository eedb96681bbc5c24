import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { type AffineCoefficients, affineCost } from './affineCost.js';
import type { World, WorldStream, WorldTask } from './world.js';

/** What a hand-made world sets; the rest has defaults that stay out of the way. */
export interface HandWorld {
  readonly engine?: Partial<World['engine']>;
  readonly cost?: Partial<AffineCoefficients>;
  readonly replicas?: number;
  readonly router?: World['router'];
  /** Default: a root of its own for each task. */
  readonly streams?: WorldStream[];
  readonly tasks: (Partial<WorldTask> & Pick<WorldTask, 'promptTokens' | 'outputTokens'>)[];
}

const flatSecond: AffineCoefficients = {
  windowTokens: 0,
  graphRows: [],
  deviceMs: 1000,
  perRowMs: 0,
  perSampledRowMs: 0,
  perChunkTokenMs: 0,
  perPairMs: 0,
  perPriorTokenMs: 0,
  perContextTokenMs: 0,
  perWindowedTokenMs: 0,
  perMeanContextTokenMs: 0,
  hostMs: 0,
  hostPerRowMs: 0,
  syncMs: 0,
};

/** A world small enough to work out by hand: every iteration lasts one second unless the cost says otherwise. */
export function handWorld(hand: HandWorld): World {
  const grid = powerOfTwoGrid(27);
  return {
    grid,
    engine: {
      asyncScheduling: true,
      wholeSequenceAdmission: true,
      prefixCache: true,
      blockTokens: 16,
      maxSequences: 8,
      maxBatchTokens: 64,
      kvBlocks: 100,
      ...hand.engine,
    },
    cost: affineCost({ ...flatSecond, ...hand.cost }, grid),
    replicas: hand.replicas ?? 1,
    router: hand.router ?? { policy: 'least-requests', slack: 0 },
    streams: hand.streams ?? hand.tasks.map(() => ({ parent: -1, forkTokens: 0 })),
    tasks: hand.tasks.map((task, index) => ({
      stream: index,
      atMs: undefined,
      spawns: [],
      ...task,
    })),
  };
}
