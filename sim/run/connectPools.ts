import type { KvLinkUse, RePrefill } from '../facts/poolRun.js';
import { connectHandOvers } from '../fleet/connectHandOvers.js';
import type { EnginePool } from '../fleet/enginePool.js';
import type { HandedRequest } from '../fleet/handedRequest.js';
import { HandOver } from '../fleet/handOver.js';
import { type PoolLinks, poolLinks } from '../fleet/poolLinks.js';
import { TransferNetwork } from '../fleet/transferNetwork.js';
import { modelShare } from '../hardware/modelShare.js';
import { invariant } from '../kernel/invariant.js';
import type { FleetWorld } from './fleetPool.js';
import type { EnginePoolSpec } from './scenario.js';

/** An engine pool that KV is moved from or to, and what its events are passed to. */
export interface ConnectedPool {
  readonly spec: EnginePoolSpec;
  readonly index: number;
  readonly pool: EnginePool;
  /** To the pool that it hands over to. */
  out: HandOver | undefined;
  /** From the pools that hand over to it. */
  readonly in: HandOver[];
  /** Undefined: it takes no part in hand-overs. */
  links: PoolLinks | undefined;
  /** Bytes and busy time of its links so far, for its report. */
  linkUse: ((timeMs: number) => KvLinkUse) | undefined;
  /** What it computed again of the prompts of pools whose KV it cannot read. */
  readonly rePrefills: RePrefill[];
}

/** Where nothing is sent. */
const noLinks: PoolLinks = { out: [], in: [], bytesPerMs: 0 };

/** Connects the pools of a fleet that hand requests over to each other. */
export function connectPools(pools: readonly ConnectedPool[], world: FleetWorld): void {
  const sources = pools.filter(({ spec }) => spec.handOver !== undefined);
  if (sources.length === 0) return;
  const network = new TransferNetwork(world.calendar, world.grid);
  for (const source of sources) {
    const decode = pools.find(({ spec }) => spec.name === source.spec.handOver!.to);
    invariant(decode !== undefined, `pool ${source.spec.name} hands over to no pool`);
    source.out = handOverBetween(source, decode, network, world);
    decode.in.push(source.out);
  }
  for (const decode of pools.filter((pool) => pool.in.length > 0)) {
    const handing = sources.filter(({ spec }) => spec.handOver!.to === decode.spec.name);
    const connected = handing.map(({ pool, out }) => ({ prefill: pool, handOver: out! }));
    connectHandOvers(decode.pool, connected);
  }
}

function handOverBetween(
  source: ConnectedPool,
  decode: ConnectedPool,
  network: TransferNetwork,
  world: FleetWorld,
): HandOver {
  const { deployment, handOver } = source.spec;
  const { firstToken, minTokens, layerwise, returnKv, latencyMs, recomputes = false } = handOver!;
  const { model, weightPrecision, kvPrecision } = deployment;
  return new HandOver(
    { pool: source.pool, links: recomputes ? noLinks : linksOf(source, network) },
    {
      pool: decode.pool,
      links: recomputes ? noLinks : linksOf(decode, network),
      decodeOnly: decode.spec.decodeOnly ?? false,
    },
    {
      firstToken,
      minTokens,
      overlappedLayers: layerwise ? model.layers : 0,
      returnsKv: returnKv,
      // Once, however many accelerators of a replica repeat it.
      kvBytesPerToken: modelShare(model, 1, weightPrecision, kvPrecision).kvBytesPerToken,
      latencyMs: world.grid.round(latencyMs),
      recomputes,
    },
    {
      calendar: world.calendar,
      network,
      store: world.store,
      onEnd: (handed: HandedRequest, timeMs) => {
        noteRePrefill(handed, source, decode);
        world.onHandedEnd(handed, decode.index, timeMs);
      },
    },
  );
}

/** Counts a prompt that was computed in both pools. */
function noteRePrefill(handed: HandedRequest, source: ConnectedPool, decode: ConnectedPool): void {
  if (handed.recomputedTokens === 0) return;
  let counted = decode.rePrefills.find(({ of }) => of === source.spec.name);
  if (counted === undefined) {
    counted = { of: source.spec.name, requests: 0, tokens: 0 };
    decode.rePrefills.push(counted);
  }
  counted.requests++;
  counted.tokens += handed.recomputedTokens;
}

function linksOf(connected: ConnectedPool, network: TransferNetwork): PoolLinks {
  const { spec, links } = connected;
  if (links !== undefined) return links;
  const bytesPerMs = (spec.kvBytesPerSec ?? 0) / 1000;
  const made = poolLinks(network, spec.name, spec.replicas, bytesPerMs);
  connected.links = made;
  connected.linkUse = (timeMs) => {
    const uses = network.use(timeMs);
    const sum = (of: 'bytes' | 'busyMs', way: readonly number[]) =>
      way.reduce((total, link) => total + uses[link]![of], 0);
    return {
      bytes: sum('bytes', made.out) + sum('bytes', made.in),
      outBusyMs: sum('busyMs', made.out),
      inBusyMs: sum('busyMs', made.in),
      overMs: timeMs,
    };
  };
  return made;
}
