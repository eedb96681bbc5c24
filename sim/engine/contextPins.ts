import { type HeldContext, holdContext, letGoContext } from './heldContext.js';
import type { KvMemory } from './kvMemory.js';

/** A context whose blocks stay referenced between its calls. */
interface Pin {
  readonly serial: number;
  readonly stream: number;
  /** Of node −1 where there is only room. */
  readonly held: HeldContext;
  /** Blocks taken for KV that is on its way. */
  readonly roomBlocks: number;
}

/** The contexts that one replica holds between their calls, oldest first. */
export class ContextPins {
  private readonly kv: KvMemory;
  private readonly pins: Pin[] = [];
  private added = 0;

  constructor(kv: KvMemory) {
    this.kv = kv;
  }

  /** Holds what is cached of the first `blocks` of a stream. Returns the number of the pin, −1 where nothing is. */
  add(stream: number, blocks: number): number {
    const held = holdContext(this.kv, stream, blocks);
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
    const held = holdContext(kv, stream, blocks);
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

  private push(stream: number, held: HeldContext, roomBlocks: number): number {
    const serial = this.added++;
    this.pins.push({ serial, stream, held, roomBlocks });
    return serial;
  }

  private remove(index: number): void {
    const [{ held, roomBlocks }] = this.pins.splice(index, 1) as [Pin];
    this.kv.freeBlocks += roomBlocks;
    letGoContext(this.kv, held);
  }
}
