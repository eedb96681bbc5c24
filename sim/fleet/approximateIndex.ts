import { privateContext, type TokenStreams } from '../engine/tokenStreams.js';
import type { PrefixIndex } from './prefixIndex.js';
import type { RoutedRequest } from './router.js';

/** The part of a context behind its last fork, as far as it was sent to one replica. */
interface Part {
  readonly stream: number;
  readonly startBlock: number;
  endBlock: number;
}

/**
 * What the router itself sent to each replica lately, as routers know it that get no word from the engines:
 * the prompts of the last requests up to a number of blocks per replica, least recently sent first out, the
 * end of a part before its start. It knows nothing of answers, and nothing of what a cache evicted or lost.
 *
 * Contexts that nobody can share take room like others. Streams that it remembers stay alive.
 */
export class ApproximateIndex implements PrefixIndex {
  private readonly streams: TokenStreams;
  private readonly blockShift: number;
  private readonly maxBlocks: number;
  /** Parts by stream, oldest first. Contexts that nobody can share have keys below −1. */
  private readonly parts: readonly Map<number, Part>[];
  private readonly usedBlocks: Float64Array;
  /** Replicas that have a part of a stream. */
  private readonly holders = new Map<number, Set<number>>();
  private nextPrivate = privateContext - 1;

  constructor(streams: TokenStreams, replicas: number, blockTokens: number, maxTokens: number) {
    this.streams = streams;
    this.blockShift = 31 - Math.clz32(blockTokens);
    this.maxBlocks = Math.floor(maxTokens / blockTokens);
    this.parts = Array.from({ length: replicas }, () => new Map<number, Part>());
    this.usedBlocks = new Float64Array(replicas);
  }

  find(request: RoutedRequest, _timeMs: number, blocksByReplica: Int32Array): void {
    const { parent, fork } = this.streams;
    blocksByReplica.fill(0);
    let end = request.promptTokens >> this.blockShift;
    for (let stream = request.stream; stream >= 0; stream = parent[stream]!) {
      for (const replica of this.holders.get(stream) ?? []) {
        if (blocksByReplica[replica] !== 0) continue;
        const { startBlock, endBlock } = this.parts[replica]!.get(stream)!;
        const blocks = Math.min(endBlock, end);
        if (blocks > startBlock) blocksByReplica[replica] = blocks;
      }
      end = Math.min(end, fork[stream]! >> this.blockShift);
    }
  }

  noteRouted({ stream, promptTokens }: RoutedRequest, replica: number): void {
    let end = promptTokens >> this.blockShift;
    if (stream === privateContext) this.note(replica, this.nextPrivate--, 0, end);
    const { parent, fork } = this.streams;
    // From the end to the start: the start of a context is the most recent, and goes last.
    for (let each = stream; each >= 0; each = parent[each]!) {
      const start = fork[each]! >> this.blockShift;
      if (end > start) this.note(replica, each, start, end);
      end = Math.min(end, start);
    }
    this.trim(replica);
  }

  /** Blocks up to `end` of a part are the most recent ones now. */
  private note(replica: number, stream: number, startBlock: number, end: number): void {
    const parts = this.parts[replica]!;
    const known = parts.get(stream);
    const part = known ?? { stream, startBlock, endBlock: startBlock };
    if (known) parts.delete(stream);
    else if (stream >= 0) this.hold(replica, stream);
    parts.set(stream, part);
    if (end <= part.endBlock) return;
    this.usedBlocks[replica]! += end - part.endBlock;
    part.endBlock = end;
  }

  private trim(replica: number): void {
    const parts = this.parts[replica]!;
    for (const part of parts.values()) {
      const excess = this.usedBlocks[replica]! - this.maxBlocks;
      if (excess <= 0) return;
      const dropped = Math.min(excess, part.endBlock - part.startBlock);
      part.endBlock -= dropped;
      this.usedBlocks[replica]! -= dropped;
      if (part.endBlock > part.startBlock) continue;
      parts.delete(part.stream);
      if (part.stream >= 0) this.letGo(replica, part.stream);
    }
  }

  private hold(replica: number, stream: number): void {
    const holders = this.holders.get(stream);
    if (holders) holders.add(replica);
    else this.holders.set(stream, new Set([replica]));
    this.streams.retain(stream);
  }

  private letGo(replica: number, stream: number): void {
    const holders = this.holders.get(stream)!;
    holders.delete(replica);
    if (holders.size === 0) this.holders.delete(stream);
    this.streams.release(stream);
  }
}
