import type { Replica } from '../engine/replica.js';
import { LoadTree } from './loadTree.js';

/**
 * The loads of a pool's replicas as its router knows them. Live, they are the loads; otherwise the router
 * reads them at the first request of every interval and goes by that until the next one, so requests that
 * come close together see the same picture and crowd on the same replica.
 */
export class ReportedLoads {
  /** Requests assigned to each replica and not ended, and their prompt tokens. */
  readonly requests: LoadTree;
  readonly tokens: LoadTree;
  /** Requests that wait for a slot; read only when `readsEngines`. */
  readonly waiting: Float64Array;
  /** Share of the KV memory that running sequences hold; read only when `readsEngines`. */
  readonly kvUsed: Float64Array;
  private readonly live: { readonly requests: LoadTree; readonly tokens: LoadTree };
  private readonly replicas: readonly Replica[];
  private readonly stalenessMs: number;
  private readonly readsEngines: boolean;
  private nextReadMs = Number.NEGATIVE_INFINITY;

  constructor(
    live: { readonly requests: LoadTree; readonly tokens: LoadTree },
    replicas: readonly Replica[],
    options: {
      /** 0: live. */
      readonly stalenessMs: number;
      readonly readsEngines: boolean;
    },
  ) {
    const { length } = replicas;
    const isLive = options.stalenessMs === 0;
    this.live = live;
    this.replicas = replicas;
    this.stalenessMs = options.stalenessMs;
    this.readsEngines = options.readsEngines;
    this.requests = isLive ? live.requests : new LoadTree(length);
    this.tokens = isLive ? live.tokens : new LoadTree(length);
    this.waiting = new Float64Array(length);
    this.kvUsed = new Float64Array(length);
  }

  /** A request is about to be routed: reads what is due. */
  refresh(timeMs: number): void {
    const stalenessMs = this.stalenessMs;
    if (stalenessMs > 0) {
      if (timeMs < this.nextReadMs) return;
      this.nextReadMs = (Math.floor(timeMs / stalenessMs) + 1) * stalenessMs;
      copyLoads(this.live.requests, this.requests, this.replicas.length);
      copyLoads(this.live.tokens, this.tokens, this.replicas.length);
    }
    if (!this.readsEngines) return;
    for (const [index, replica] of this.replicas.entries()) {
      replica.observe(timeMs);
      const { kv, waiting } = replica.former;
      this.waiting[index] = waiting.length;
      this.kvUsed[index] = 1 - kv.availableBlocks / kv.totalBlocks;
    }
  }
}

function copyLoads(from: LoadTree, to: LoadTree, count: number): void {
  for (let index = 0; index < count; index++) {
    const change = from.loadOf(index) - to.loadOf(index);
    if (change !== 0) to.add(index, change);
  }
}
