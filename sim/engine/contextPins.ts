import type { KvMemory } from './kvMemory.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';

/** A context whose blocks stay referenced between its calls: an active fork at the end of what is held. */
interface Pin {
  readonly serial: number;
  readonly stream: number;
  /** −1: nothing is held, only room. */
  readonly node: number;
  readonly at: number;
  /** Blocks taken for KV that is on its way. */
  readonly roomBlocks: number;
}

/** The contexts that one replica holds between their calls, oldest first. */
export class ContextPins {
  private readonly kv: KvMemory;
  private readonly store: PrefixCacheStore;
  private readonly blockShift: number;
  private readonly pins: Pin[] = [];
  private added = 0;

  constructor(kv: KvMemory, store: PrefixCacheStore, blockShift: number) {
    this.kv = kv;
    this.store = store;
    this.blockShift = blockShift;
  }

  /** Holds what is cached of the first `blocks` of a stream. Returns the number of the pin, −1 where nothing is. */
  add(stream: number, blocks: number): number {
    const held = this.hold(stream, blocks);
    return held.node < 0 ? -1 : this.push(stream, held, 0);
  }

  /**
   * Holds what is cached of the first `blocks` of a stream, and takes `roomBlocks` for what follows them. Returns
   * the number of the pin; −1, and nothing is changed, where there is no such room.
   */
  tryReserve(stream: number, blocks: number, roomBlocks: number): number {
    const kv = this.kv;
    kv.lookup(stream, blocks);
    // What is held is no room.
    if (roomBlocks > kv.availableBlocks - (kv.presentBlocks - kv.pinnedBlocks)) return -1;
    const held = this.hold(stream, blocks);
    kv.allocate(roomBlocks);
    return this.push(stream, held, roomBlocks);
  }

  /** The next call of a context is here: it needs no pin any more. */
  end(stream: number): void {
    for (let index = this.pins.length - 1; index >= 0; index--) {
      if (this.pins[index]!.stream === stream) this.remove(index);
    }
  }

  has(serial: number): boolean {
    return this.pins.some((pin) => pin.serial === serial);
  }

  /** The time of a pin is over. */
  drop(serial: number): void {
    this.remove(this.pins.findIndex((pin) => pin.serial === serial));
  }

  /** False: there is none. */
  dropOldest(): boolean {
    if (this.pins.length === 0) return false;
    this.remove(0);
    return true;
  }

  private push(
    stream: number,
    held: { readonly node: number; readonly at: number },
    roomBlocks: number,
  ): number {
    const serial = this.added++;
    this.pins.push({ serial, stream, ...held, roomBlocks });
    return serial;
  }

  /** References what is cached of the first `blocks` of a stream: where it ends. Node −1: nothing is. */
  private hold(stream: number, blocks: number): { node: number; at: number } {
    const { streams, nodes } = this.store;
    let end = blocks;
    let current = stream;
    let node = this.kv.nodeFor(current);
    while (node < 0) {
      end = Math.min(end, streams.fork[current]! >> this.blockShift);
      current = streams.parent[current]!;
      if (current < 0) return { node, at: 0 };
      node = this.kv.nodeFor(current);
    }
    while (node >= 0 && Math.min(this.kv.haveOf(node), end) <= nodes.start[node]!) {
      end = Math.min(end, nodes.start[node]!);
      node = nodes.parent[node]!;
    }
    if (node < 0) return { node, at: 0 };
    const at = Math.min(this.kv.haveOf(node), end);
    this.raise(node, at);
    return { node, at };
  }

  private raise(leaf: number, end: number): void {
    const { nodes, forks } = this.store;
    let node = leaf;
    let at = end;
    while (node >= 0) {
      const wasActive = nodes.writer[node]! >= 0 || nodes.firstFork[node]! >= 0;
      forks.add(node, at);
      if (nodes.writer[node]! < 0) this.kv.raise(node, at);
      if (wasActive) return;
      at = nodes.start[node]!;
      node = nodes.parent[node]!;
    }
  }

  private remove(index: number): void {
    const { nodes, forks } = this.store;
    const [pin] = this.pins.splice(index, 1) as [Pin];
    let { node, at } = pin;
    this.kv.freeBlocks += pin.roomBlocks;
    while (node >= 0) {
      forks.remove(node, at);
      if (nodes.writer[node]! >= 0) break;
      this.kv.lower(node);
      if (nodes.firstFork[node]! >= 0) break;
      at = nodes.start[node]!;
      node = nodes.parent[node]!;
    }
  }
}
