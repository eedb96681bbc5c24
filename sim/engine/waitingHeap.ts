import type { SequenceTable } from './sequenceTable.js';

/** Waiting sequences that are not first in line, as a binary heap by (`orderKey`, `lineOrder`). */
export class WaitingHeap {
  count = 0;
  private readonly table: SequenceTable;
  private readonly heap: number[] = [];

  constructor(table: SequenceTable) {
    this.table = table;
  }

  push(sequence: number): void {
    this.place(sequence, this.count++);
  }

  /** Takes out the one that comes next; only with `count` > 0. */
  pop(): number {
    const first = this.heap[0]!;
    this.remove(first);
    return first;
  }

  remove(sequence: number): void {
    const { heapIndex } = this.table;
    const heap = this.heap;
    const last = heap[--this.count]!;
    let index = heapIndex[sequence]!;
    heapIndex[sequence] = -1;
    if (last === sequence) return;
    if (index > 0 && this.comesBefore(last, heap[(index - 1) >> 1]!)) {
      this.place(last, index);
      return;
    }
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= this.count) break;
      if (
        childIndex + 1 < this.count &&
        this.comesBefore(heap[childIndex + 1]!, heap[childIndex]!)
      ) {
        childIndex++;
      }
      const child = heap[childIndex]!;
      if (!this.comesBefore(child, last)) break;
      heap[index] = child;
      heapIndex[child] = index;
      index = childIndex;
    }
    heap[index] = last;
    heapIndex[last] = index;
  }

  /** Puts a sequence into a hole, or above it. */
  private place(sequence: number, hole: number): void {
    const { heapIndex } = this.table;
    const heap = this.heap;
    let index = hole;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex]!;
      if (!this.comesBefore(sequence, parent)) break;
      heap[index] = parent;
      heapIndex[parent] = index;
      index = parentIndex;
    }
    heap[index] = sequence;
    heapIndex[sequence] = index;
  }

  private comesBefore(a: number, b: number): boolean {
    const { orderKey, lineOrder } = this.table;
    const keyA = orderKey[a]!;
    const keyB = orderKey[b]!;
    return keyA !== keyB ? keyA < keyB : lineOrder[a]! < lineOrder[b]!;
  }
}
