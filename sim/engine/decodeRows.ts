import type { DecodingRows } from './decodingRows.js';
import type { SequenceTable } from './sequenceTable.js';

/**
 * The decoding sequences of one replica. A form is one forming of a batch; each form schedules one token
 * of every row. A row stores only two numbers that stay constant while it decodes: its `offset`
 * (computed tokens = forms + offset) and the form that schedules its last token. So a form, or a hundred
 * equal ones, cost O(1) however many rows there are.
 */
export class DecodeRows implements DecodingRows {
  /** Batches formed so far on this replica. */
  forms = 0;
  count = 0;
  readonly tokensPerRow = 1;
  /** Sum of the rows' computed tokens. */
  contextTokens = 0;
  /** The same with each row capped at the attention window; kept only with a window. */
  windowedTokens = 0;
  private readonly table: SequenceTable;
  private readonly blockTokens: number;
  private readonly blockMask: number;
  private readonly blockShift: number;
  private readonly windowTokens: number;
  /** Rows by offset modulo the block size: which rows begin a new block in which form. */
  private readonly rowsByPhase: number[];
  /** Binary heap of rows by (finishForm, order). */
  private readonly heap: number[] = [];
  /** Rows whose context is still shorter than the window. */
  private readonly growing: number[] = [];

  constructor(table: SequenceTable, options: { blockShift: number; windowTokens: number }) {
    this.table = table;
    this.blockShift = options.blockShift;
    this.blockTokens = 1 << options.blockShift;
    this.blockMask = this.blockTokens - 1;
    this.windowTokens = options.windowTokens;
    this.rowsByPhase = new Array<number>(this.blockTokens).fill(0);
  }

  /** Rows that were inside the window before the last form. */
  get growingCount(): number {
    return this.windowTokens === 0 ? 0 : this.growing.length;
  }

  /** The row that finishes first; only with `count` > 0. Ties go to the one admitted first. */
  get firstToFinish(): number {
    return this.heap[0]!;
  }

  get formsUntilFinish(): number {
    return this.table.finishForm[this.heap[0]!]! - this.forms;
  }

  /** A sequence with `computed` tokens scheduled decodes from the next form on. */
  add(sequence: number, computed: number, tokensLeft: number): void {
    const table = this.table;
    const offset = computed - this.forms;
    table.offset[sequence] = offset;
    table.finishForm[sequence] = this.forms + tokensLeft;
    this.rowsByPhase[offset & this.blockMask]!++;
    this.contextTokens += computed;
    const window = this.windowTokens;
    if (window > 0) {
      this.windowedTokens += Math.min(computed, window);
      if (computed < window) this.growing.push(sequence);
    }
    this.place(sequence, this.count++);
  }

  /** Takes a row out and returns its computed tokens. */
  remove(sequence: number): number {
    const offset = this.table.offset[sequence]!;
    const computed = this.forms + offset;
    this.removeFromHeap(sequence);
    this.rowsByPhase[offset & this.blockMask]!--;
    this.contextTokens -= computed;
    const window = this.windowTokens;
    if (window > 0) {
      this.windowedTokens -= Math.min(computed, window);
      if (this.growing.length > 0) {
        const index = this.growing.indexOf(sequence);
        if (index >= 0) this.growing.splice(index, 1);
      }
    }
    return computed;
  }

  /** Every row gets `formCount` further tokens; no row may pass the window in the middle of them. */
  advance(formCount: number): void {
    if (this.windowTokens > 0) this.advanceWindow(formCount);
    this.forms += formCount;
    this.contextTokens += this.count * formCount;
  }

  /** Further forms until the first row reaches the window. */
  formsInsideWindow(): number {
    let limit = Number.MAX_SAFE_INTEGER;
    if (this.windowTokens === 0) return limit;
    const { offset } = this.table;
    for (const row of this.growing) {
      const left = this.windowTokens - (this.forms + offset[row]!);
      if (left < limit) limit = left;
    }
    return limit;
  }

  /** 1 if the row begins a new block in the next form. */
  nextBlocksOf(sequence: number): number {
    return ((this.forms + this.table.offset[sequence]!) & this.blockMask) === 0 ? 1 : 0;
  }

  /** Blocks that the next form allocates. */
  get nextBlocks(): number {
    return this.rowsByPhase[-this.forms & this.blockMask]!;
  }

  /** Blocks that the rows allocate in the next `formCount` forms. */
  blocksFor(formCount: number): number {
    const wholeCycles = formCount >> this.blockShift;
    const rest = formCount & this.blockMask;
    let blocks = wholeCycles * this.count;
    if (rest <= this.count) {
      for (let i = 0; i < rest; i++) {
        blocks += this.rowsByPhase[-(this.forms + i) & this.blockMask]!;
      }
      return blocks;
    }
    const { offset } = this.table;
    for (let i = 0; i < this.count; i++) {
      if ((-(this.forms + offset[this.heap[i]!]!) & this.blockMask) < rest) blocks++;
    }
    return blocks;
  }

  contextTokensOver(formCount: number): number {
    return formCount * this.contextTokens + (this.count * formCount * (formCount + 1)) / 2;
  }

  heldBlocks(_sequence: number, computed: number): number {
    return (computed + this.blockMask) >> this.blockShift;
  }

  /** The most forms, at most `formCount`, whose blocks fit in `availableBlocks`. */
  formsThatFit(formCount: number, availableBlocks: number): number {
    // The first bound is loose and cheap; most jumps end by a completion long before memory does.
    const atMost = this.count * ((formCount + this.blockMask) >> this.blockShift);
    if (atMost <= availableBlocks || this.blocksFor(formCount) <= availableBlocks) return formCount;
    const wholeCycles = Math.floor(availableBlocks / this.count);
    let left = availableBlocks - wholeCycles * this.count;
    let rest = 0;
    while (rest < this.blockTokens) {
      left -= this.rowsByPhase[-(this.forms + rest) & this.blockMask]!;
      if (left < 0) break;
      rest++;
    }
    const fitting = wholeCycles * this.blockTokens + rest;
    return Math.min(fitting, formCount);
  }

  /** Rows that have reached the window read no more of it. */
  private advanceWindow(formCount: number): void {
    const growing = this.growing;
    const { offset } = this.table;
    for (let i = growing.length - 1; i >= 0; i--) {
      if (this.forms + offset[growing[i]!]! < this.windowTokens) continue;
      growing[i] = growing[growing.length - 1]!;
      growing.pop();
    }
    this.windowedTokens += growing.length * formCount;
  }

  private finishesBefore(a: number, b: number): boolean {
    const { finishForm, order } = this.table;
    const formA = finishForm[a]!;
    const formB = finishForm[b]!;
    return formA !== formB ? formA < formB : order[a]! < order[b]!;
  }

  private place(sequence: number, hole: number): void {
    const heap = this.heap;
    const { heapIndex } = this.table;
    let index = hole;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex]!;
      if (!this.finishesBefore(sequence, parent)) break;
      heap[index] = parent;
      heapIndex[parent] = index;
      index = parentIndex;
    }
    heap[index] = sequence;
    heapIndex[sequence] = index;
  }

  private removeFromHeap(sequence: number): void {
    const heap = this.heap;
    const { heapIndex } = this.table;
    let index = heapIndex[sequence]!;
    const count = --this.count;
    if (index === count) return;
    const last = heap[count]!;
    if (index > 0 && this.finishesBefore(last, heap[(index - 1) >> 1]!)) {
      this.place(last, index);
      return;
    }
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= count) break;
      let child = heap[childIndex]!;
      if (childIndex + 1 < count && this.finishesBefore(heap[childIndex + 1]!, child)) {
        child = heap[++childIndex]!;
      }
      if (!this.finishesBefore(child, last)) break;
      heap[index] = child;
      heapIndex[child] = index;
      index = childIndex;
    }
    heap[index] = last;
    heapIndex[last] = index;
  }
}
