import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { hasRoomFor } from '../engine/preloadContext.js';
import { privateContext } from '../engine/tokenStreams.js';
import { cachedTokens } from './cachedTokens.js';
import type { HandedRequest } from './handedRequest.js';
import type { HandOverOptions } from './handOverOptions.js';
import type { HandOverSide } from './handOverSide.js';
import type { TransferNetwork } from './transferNetwork.js';

/** Sends the KV of outputs back to where their prompts were computed: the next call of a context looks for it there. */
export class KvReturn {
  private readonly prefill: HandOverSide;
  private readonly decode: HandOverSide;
  private readonly options: HandOverOptions;
  private readonly network: TransferNetwork;
  private readonly store: PrefixCacheStore;
  private readonly onTheWay = new Map<number, HandedRequest>();
  private started = 0;

  constructor(
    prefill: HandOverSide,
    decode: HandOverSide,
    options: HandOverOptions,
    world: { readonly network: TransferNetwork; readonly store: PrefixCacheStore },
  ) {
    this.prefill = prefill;
    this.decode = decode;
    this.options = options;
    this.network = world.network;
    this.store = world.store;
  }

  /** A request has all its output: what the prefill side has not computed of its context follows. */
  send(handed: HandedRequest): void {
    const { stream, promptTokens } = handed.routed;
    if (handed.prefillReplica < 0 || stream === privateContext) return;
    const tokens = handed.promptTokens + handed.outputTokens - 1 - promptTokens;
    if (tokens <= 0) return;
    this.store.streams.retain(stream);
    const out = this.decode.links.out[handed.decodeReplica]!;
    const into = this.prefill.links.in[handed.prefillReplica]!;
    const { kvBytesPerToken, latencyMs } = this.options;
    const ticket = this.started++;
    this.onTheWay.set(ticket, handed);
    const bytes = tokens * kvBytesPerToken;
    this.network.start([out, into], bytes, latencyMs, this.handleReturned, ticket);
  }

  private readonly handleReturned = (timeMs: number, ticket: number): void => {
    const { routed, prefillReplica, promptTokens, outputTokens } = this.onTheWay.get(ticket)!;
    this.onTheWay.delete(ticket);
    const { pool } = this.prefill;
    const replica = pool.replicas[prefillReplica]!;
    const { former } = replica;
    const { nodes } = this.store;
    const cached = cachedTokens(replica, routed, timeMs);
    const node = former.kv.nodeFor(routed.stream);
    // Without what it continues it is of no use, and where the context is in use it comes too late.
    const isInUse = node >= 0 && (nodes.writer[node]! >= 0 || nodes.firstFork[node]! >= 0);
    const isContinued = cached > 0 && cached + (1 << former.blockShift) > routed.promptTokens;
    const blocks = (promptTokens + outputTokens - 1) >> former.blockShift;
    const hasRoom = hasRoomFor(former.kv, routed.stream, blocks);
    if (isContinued && !isInUse && former.kv.presentBlocks < blocks) {
      // The tiers have room where the replica has none, and nothing changes for who waits there.
      if (hasRoom) pool.cache(prefillReplica, routed.stream, blocks, timeMs);
      else pool.loads?.write(prefillReplica, routed.stream, blocks << former.blockShift, timeMs);
    }
    this.store.streams.release(routed.stream);
  };
}
