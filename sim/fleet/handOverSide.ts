import type { EnginePool } from './enginePool.js';
import type { PoolLinks } from './poolLinks.js';

/** One of the two pools of a hand-over, with its links. */
export interface HandOverSide {
  readonly pool: EnginePool;
  readonly links: PoolLinks;
}
