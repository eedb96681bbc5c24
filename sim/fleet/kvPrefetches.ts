import { ContextPins } from '../engine/contextPins.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { preloadContext } from '../engine/preloadContext.js';
import type { Replica } from '../engine/replica.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { privateContext } from '../engine/tokenStreams.js';
import type { Wake } from '../engine/wake.js';
import { homeReplica } from './homeReplica.js';
import type { KvLoads, Load } from './kvLoads.js';
import type { RoutedRequest, Router } from './router.js';
import type { RouterSpec } from './routerSpec.js';

/** What loading ahead needs of its pool. */
export interface PrefetchingPool {
  readonly replicas: readonly Replica[];
  readonly blockTokens: number;
  readonly table: SequenceTable;
  readonly store: PrefixCacheStore;
  readonly router: RouterSpec;
  readonly likely: Router;
  /** Does what a replica asks for after its blocks have changed. */
  readonly heed: (wake: Wake, index: number, timeMs: number) => void;
}

/** What is loaded, or was, before its request has come. */
interface Prefetch {
  readonly replica: number;
  readonly load: Load;
  /** Number of its pin: of room while it is on its way, of blocks when it is there. */
  pin: number;
}

/**
 * Loads that begin before their requests come: a hint says which context will be needed. The KV goes to where
 * the request would probably be sent now; it takes room there as a pin does, which gives way to running
 * sequences, and is held until the request is admitted, or goes elsewhere. Semantics: docs/engine.md.
 */
export class KvPrefetches {
  private readonly pool: PrefetchingPool;
  private readonly loads: KvLoads;
  private readonly byRequest = new Map<number, Prefetch>();
  private readonly pins: readonly ContextPins[];

  constructor(pool: PrefetchingPool, loads: KvLoads) {
    this.pool = pool;
    this.loads = loads;
    this.pins = pool.replicas.map(({ former: { kv } }) => {
      kv.pins ??= new ContextPins(kv);
      return kv.pins;
    });
  }

  /** A request will come that reads this context. */
  begin(request: number, routed: RoutedRequest, timeMs: number): void {
    const { router, replicas, likely } = this.pool;
    const replica =
      router.policy === 'session-affinity'
        ? homeReplica(routed.affinityKey, replicas.length)
        : likely(routed, timeMs);
    const { stream, promptTokens } = routed;
    if (stream === privateContext) return;
    const plan = this.loads.plan(stream, promptTokens, replica, timeMs);
    if (plan === undefined) return;
    const pins = this.pins[replica]!;
    let pin = -1;
    this.change(replica, timeMs, () => {
      pin = pins.tryReserve(stream, plan.resident, plan.reach - plan.resident);
    });
    if (pin < 0) return;
    const load = this.loads.start(plan, timeMs, (doneMs) => this.cache(prefetch, doneMs));
    const prefetch: Prefetch = { replica, load, pin };
    this.byRequest.set(request, prefetch);
  }

  /** The request is at a replica. True: it waits for what is under way to it. */
  meet(sequence: number, replica: number, timeMs: number): boolean {
    const request = this.pool.table.request[sequence]!;
    const prefetch = this.byRequest.get(request);
    if (prefetch === undefined) return false;
    if (prefetch.replica !== replica) {
      this.forget(request, timeMs);
      return false;
    }
    // What is there stays held until the request is admitted.
    if (prefetch.load.left === 0) return false;
    this.byRequest.delete(request);
    // From here on it is a load like any other.
    this.unpin(prefetch, timeMs);
    this.loads.claim(prefetch.load, sequence);
    return true;
  }

  /** The request does not come, or comes to another place, or is given up: what was held for it is free. */
  forget(request: number, timeMs: number): void {
    const prefetch = this.byRequest.get(request);
    if (prefetch === undefined) return;
    this.byRequest.delete(request);
    this.loads.drop(prefetch.load);
    this.unpin(prefetch, timeMs);
  }

  /** The request has all its output; its admission ended what was held for it. */
  noteEnd(request: number): void {
    this.byRequest.delete(request);
  }

  /** All has come: it is cached like any other context, and held. */
  private cache(prefetch: Prefetch, timeMs: number): void {
    const { replica, load } = prefetch;
    const pins = this.pins[replica]!;
    // Running sequences needed its room.
    if (!pins.has(prefetch.pin)) return;
    const { kv, handOver } = this.pool.replicas[replica]!.former;
    const { stream, reach } = load;
    this.change(replica, timeMs, () => {
      pins.drop(prefetch.pin);
      if (this.isWritten(replica, stream)) return;
      preloadContext(kv, this.pool.table, stream, reach);
      // A prompt that is being computed may begin like it.
      handOver.shareArrived();
      prefetch.pin = pins.add(stream, reach);
    });
  }

  /** Does a running sequence of the replica write this context, or one that it was forked from? */
  private isWritten(replica: number, stream: number): boolean {
    const { kv } = this.pool.replicas[replica]!.former;
    const { streams, nodes } = this.pool.store;
    for (let current = stream; current >= 0; current = streams.parent[current]!) {
      const node = kv.nodeFor(current);
      if (node >= 0 && nodes.writer[node]! >= 0) return true;
    }
    return false;
  }

  private unpin({ replica, pin }: Prefetch, timeMs: number): void {
    const pins = this.pins[replica]!;
    if (pins.has(pin)) this.change(replica, timeMs, () => pins.drop(pin));
  }

  private change(index: number, timeMs: number, change: () => void): void {
    const replica = this.pool.replicas[index]!;
    this.pool.heed(replica.changeBlocks(timeMs, change), index, timeMs);
  }
}
