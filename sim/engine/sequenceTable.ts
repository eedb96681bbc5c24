import { grown } from '../kernel/grown.js';

/** Where a sequence stands in its replica. */
export const enum SequenceState {
  /** Waits for admission, never admitted or preempted. */
  waiting = 0,
  /** Its prompt is being computed, chunk by chunk. */
  prefill = 1,
  /** One token an iteration. */
  decode = 2,
  /** All its tokens are scheduled; the last iteration is running. It holds its slot and blocks until that ends. */
  draining = 3,
  /** Preempted while its last token was in flight: it completes from the waiting list. */
  drainingPreempted = 4,
  /** Holds a slot and blocks while its KV comes from another replica; has no row yet. */
  receiving = 5,
  /** Its prompt is computed, and it has left its slot: it holds its blocks until another replica has read them. */
  held = 6,
  /** Preempted where no prompt can be computed: it is on its way to another pool, without slot and blocks. */
  returning = 7,
}

const initialCapacity = 1024;
/** Stands in free rows. */
const noRequest = -1;

/** Elements from one row to the next in a block; no block has more columns. */
const rowStep = 16;

/**
 * The requests that are inside engines, one row each, in columns shared by all replicas of a pool.
 * Rows are recycled. A sequence's handle is where its row begins: the columns are views that begin one element
 * apart in a few blocks, so what belongs to one request lies together, in two or three lines of the
 * processor's cache instead of one for each column.
 */
export class SequenceTable {
  /** The caller's number of the request. */
  request!: Int32Array;
  promptTokens!: Int32Array;
  outputTokens!: Int32Array;
  /** Output tokens scheduled when it was last preempted. */
  generated!: Int32Array;
  /** Tokens whose KV is computed or scheduled; of a decoding sequence see `DecodeRows`. */
  computed!: Int32Array;
  /** KV blocks held by a prefilling sequence, and by a decoding one under speculative decoding. */
  heldBlocks!: Int32Array;
  /** Full blocks of it that are registered in the prefix cache. */
  registeredBlocks!: Int32Array;
  /**
   * Leading full blocks whose KV was brought from elsewhere, a memory tier or another replica: on admission
   * they take room like new blocks, and nothing is computed for them. 0 from then on.
   */
  loadedBlocks!: Int32Array;
  /** Those of them that were on the replica when the load began. */
  residentBlocks!: Int32Array;
  /** Token stream that it reads and extends; `privateContext` when no other request can share it. */
  stream!: Int32Array;
  /** Cache node of the stream on its replica while it runs, −1 otherwise. */
  node!: Int32Array;
  /** Neighbours in the running list; both also link the waiting line, `next` free rows. */
  previous!: Int32Array;
  next!: Int32Array;
  /** 1: the stream was made for a private context that was preempted, and goes with the sequence. */
  ownsStream!: Int32Array;
  /** Place in the heap of its rows while it decodes, in that of the waiting line while it waits; −1: in the front list. */
  heapIndex!: Int32Array;
  /** What decides its place in the waiting line, smaller first; −Infinity once it was preempted. */
  orderKey!: Float64Array;
  /** Order of arrival at the line, kept where the line is not first come first served. */
  lineOrder!: Float64Array;
  /** Order of admission. */
  order!: Int32Array;
  preemptions!: Int32Array;
  /** Which replica of its pool has it; the pool's to set. */
  replica!: Int32Array;
  /** Prompt tokens found cached, summed over admissions. */
  hitTokens!: Int32Array;
  state!: Int32Array;
  /** 1: when it has all its output here, it holds its blocks until another replica has read them. */
  handsOver!: Int32Array;
  /** 1: the KV of all its tokens but the last comes from another replica, and it waits for room for it. */
  receives!: Int32Array;
  /** 1: nobody waits for the answer any more; it leaves, or has left, without its last token. */
  isAborted!: Int32Array;
  /** Of a decoding sequence: computed tokens minus the replica's count of forms. Constant while it decodes a token a form. */
  offset!: Float64Array;
  /** Number of the form that schedules its last token. */
  finishForm!: Float64Array;
  /** Under speculative decoding: what its draws are named by, decode iterations so far, tokens of the last one. */
  seed!: Int32Array;
  decodeRounds!: Int32Array;
  lastTokens!: Int32Array;
  /** Expected time from its end to the next call of its context; NaN: none is known to follow after a gap. */
  gapMs!: Float64Array;
  arrivalMs!: Float64Array;
  /** From arrival until its KV was there from the memory tiers; 0 when nothing was loaded. */
  kvLoadMs!: Float64Array;
  scheduledMs!: Float64Array;
  /** When its KV had come from another replica. */
  receivedMs!: Float64Array;
  firstTokenMs!: Float64Array;
  /** When the last token before a preemption comes out; NaN before the first preemption. */
  lastTokenMs!: Float64Array;
  /** Queue time by reason while first in line; see `queueReasons`. The rest was spent behind others. */
  slotsMs!: Float64Array;
  kvBlocksMs!: Float64Array;
  tokenBudgetMs!: Float64Array;
  iterationMs!: Float64Array;
  headOfLineMs!: Float64Array;

  /** Whether anybody uses the columns of loads from memory tiers, of drafts, and of expected gaps: else they are not touched. */
  loadsKv = false;
  drafts = false;
  keepsGaps = false;
  /** What every request uses, what some use, and times. */
  private common = new Int32Array(rowStep * initialCapacity);
  private special = new Int32Array(rowStep * initialCapacity);
  private numbers = new Float64Array(rowStep * initialCapacity);
  private capacity = 0;
  private firstFree = -1;
  private rowsInUse = 0;

  constructor() {
    this.layOut();
    this.linkFree(initialCapacity);
  }

  get inUse(): number {
    return this.rowsInUse;
  }

  /** A fresh row for a request that arrives at a replica. */
  add(
    request: number,
    stream: number,
    promptTokens: number,
    outputTokens: number,
    arrivalMs: number,
  ): number {
    if (this.firstFree < 0) this.grow();
    const sequence = this.firstFree;
    this.firstFree = this.next[sequence]!;
    this.rowsInUse++;
    this.request[sequence] = request;
    this.promptTokens[sequence] = promptTokens;
    this.outputTokens[sequence] = outputTokens;
    this.stream[sequence] = stream;
    this.generated[sequence] = 0;
    this.handsOver[sequence] = 0;
    this.receives[sequence] = 0;
    this.node[sequence] = -1;
    this.preemptions[sequence] = 0;
    this.hitTokens[sequence] = 0;
    this.state[sequence] = SequenceState.waiting;
    this.isAborted[sequence] = 0;
    this.ownsStream[sequence] = 0;
    this.arrivalMs[sequence] = arrivalMs;
    this.orderKey[sequence] = arrivalMs;
    this.scheduledMs[sequence] = Number.NaN;
    this.firstTokenMs[sequence] = Number.NaN;
    this.lastTokenMs[sequence] = Number.NaN;
    this.slotsMs[sequence] = 0;
    this.kvBlocksMs[sequence] = 0;
    this.tokenBudgetMs[sequence] = 0;
    this.iterationMs[sequence] = 0;
    this.headOfLineMs[sequence] = 0;
    if (this.loadsKv) {
      this.loadedBlocks[sequence] = 0;
      this.residentBlocks[sequence] = 0;
      this.kvLoadMs[sequence] = 0;
    }
    if (this.drafts) this.decodeRounds[sequence] = 0;
    if (this.keepsGaps) this.gapMs[sequence] = Number.NaN;
    return sequence;
  }

  /** Row of a request that is inside, −1 when it is not. Looks at all rows: for rare occasions. */
  rowOf(request: number): number {
    for (let row = 0; row < this.request.length; row += rowStep)
      if (this.request[row] === request) return row;
    return -1;
  }

  release(sequence: number): void {
    this.request[sequence] = noRequest;
    this.next[sequence] = this.firstFree;
    this.firstFree = sequence;
    this.rowsInUse--;
  }

  private linkFree(capacity: number): void {
    for (let index = capacity - 1; index >= this.capacity; index--) {
      const row = index * rowStep;
      this.request[row] = noRequest;
      this.next[row] = this.firstFree;
      this.firstFree = row;
    }
    this.capacity = capacity;
  }

  private grow(): void {
    const capacity = 2 * this.capacity;
    this.common = grown(this.common, rowStep * capacity);
    this.special = grown(this.special, rowStep * capacity);
    this.numbers = grown(this.numbers, rowStep * capacity);
    this.layOut();
    this.linkFree(capacity);
  }

  private layOut(): void {
    const { common, special, numbers } = this;
    this.request = common.subarray(0);
    this.promptTokens = common.subarray(1);
    this.outputTokens = common.subarray(2);
    this.generated = common.subarray(3);
    this.computed = common.subarray(4);
    this.heldBlocks = common.subarray(5);
    this.registeredBlocks = common.subarray(6);
    this.stream = common.subarray(7);
    this.node = common.subarray(8);
    this.previous = common.subarray(9);
    this.next = common.subarray(10);
    this.state = common.subarray(11);
    this.heapIndex = common.subarray(12);
    this.order = common.subarray(13);
    this.preemptions = common.subarray(14);
    this.hitTokens = common.subarray(15);
    this.replica = special.subarray(0);
    this.ownsStream = special.subarray(1);
    this.handsOver = special.subarray(2);
    this.receives = special.subarray(3);
    this.isAborted = special.subarray(4);
    this.loadedBlocks = special.subarray(5);
    this.residentBlocks = special.subarray(6);
    this.seed = special.subarray(7);
    this.decodeRounds = special.subarray(8);
    this.lastTokens = special.subarray(9);
    this.offset = numbers.subarray(0);
    this.finishForm = numbers.subarray(1);
    this.orderKey = numbers.subarray(2);
    this.arrivalMs = numbers.subarray(3);
    this.scheduledMs = numbers.subarray(4);
    this.firstTokenMs = numbers.subarray(5);
    this.iterationMs = numbers.subarray(6);
    this.headOfLineMs = numbers.subarray(7);
    this.slotsMs = numbers.subarray(8);
    this.kvBlocksMs = numbers.subarray(9);
    this.tokenBudgetMs = numbers.subarray(10);
    this.lastTokenMs = numbers.subarray(11);
    this.lineOrder = numbers.subarray(12);
    this.gapMs = numbers.subarray(13);
    this.kvLoadMs = numbers.subarray(14);
    this.receivedMs = numbers.subarray(15);
  }
}
