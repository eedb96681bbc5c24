import { grown } from './grown.js';

/** Shared by all lists that never held anything, so that an unused list takes no memory. */
const noItems = new Int32Array(0);
const leastRoom = 8;

/** A list of whole numbers that is emptied and refilled often: emptying a JavaScript array frees its store, this keeps it. */
export class IntList {
  items: Int32Array = noItems;
  count = 0;

  push(value: number): void {
    if (this.count === this.items.length) {
      this.items = grown(this.items, Math.max(leastRoom, 2 * this.count));
    }
    this.items[this.count++] = value;
  }

  /** Takes off the last number; only with `count` > 0. */
  pop(): number {
    return this.items[--this.count]!;
  }

  /** Takes a number out, wherever it stands. Returns whether it was there. */
  remove(value: number): boolean {
    const index = this.items.subarray(0, this.count).indexOf(value);
    if (index < 0) return false;
    this.items.copyWithin(index, index + 1, this.count);
    this.count--;
    return true;
  }

  clear(): void {
    this.count = 0;
  }
}
