import { growColumns } from '../kernel/growColumns.js';

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

/** Numbers of a row in each block. */
const rowWidth = 16;
const initialRows = 1024;
/** Stands in free rows. */
const noRequest = -1;

/**
 * The requests that are inside engines, one row each, in columns shared by all replicas of a pool. Rows are
 * recycled. A sequence's handle is its place in any column: 16 times the number of its row, because the columns
 * of a block are interleaved. So a row lies in a few lines of the processor's caches, not in one for each column.
 */
export class SequenceTable {
  private readonly wholes = new Int32Array(initialRows * rowWidth);
  private readonly rareWholes = new Int32Array(initialRows * rowWidth);
  private readonly fractions = new Float64Array(initialRows * rowWidth);
  private readonly flags = new Uint8Array(initialRows * rowWidth);
  /** The caller's number of the request. */
  request = this.wholes.subarray(0);
  promptTokens = this.wholes.subarray(1);
  outputTokens = this.wholes.subarray(2);
  /** Output tokens scheduled when it was last preempted. */
  generated = this.wholes.subarray(3);
  /** Tokens whose KV is computed or scheduled; of a decoding sequence see `DecodeRows`. */
  computed = this.wholes.subarray(4);
  /** KV blocks held by a prefilling sequence, and by a decoding one under speculative decoding. */
  heldBlocks = this.wholes.subarray(5);
  /** Full blocks of it that are registered in the prefix cache. */
  registeredBlocks = this.wholes.subarray(6);
  /** Token stream that it reads and extends; `privateContext` when no other request can share it. */
  stream = this.wholes.subarray(7);
  /** Cache node of the stream on its replica while it runs, −1 otherwise. */
  node = this.wholes.subarray(8);
  /** Neighbours in the running list; both also link the waiting line, `next` free rows. */
  previous = this.wholes.subarray(9);
  next = this.wholes.subarray(10);
  /** Place in the heap of its rows while it decodes, in that of the waiting line while it waits; −1: in the front list. */
  heapIndex = this.wholes.subarray(11);
  /** Order of admission. */
  order = this.wholes.subarray(12);
  preemptions = this.wholes.subarray(13);
  /** Prompt tokens found cached, summed over admissions. */
  hitTokens = this.wholes.subarray(14);
  /** See `SequenceList`. */
  nextInList = this.wholes.subarray(15);
  /**
   * Leading full blocks whose KV was brought from elsewhere, a memory tier or another replica: on admission
   * they take room like new blocks, and nothing is computed for them. 0 from then on.
   */
  loadedBlocks = this.rareWholes.subarray(0);
  /** Those of them that were on the replica when the load began. */
  residentBlocks = this.rareWholes.subarray(1);
  /** Under speculative decoding: what its draws are named by, decode iterations so far, tokens of the last one. */
  seed = this.rareWholes.subarray(2);
  decodeRounds = this.rareWholes.subarray(3);
  lastTokens = this.rareWholes.subarray(4);
  /** Which replica of its pool has it; the pool's to set. */
  replica = this.rareWholes.subarray(5);
  /** Of a decoding sequence: computed tokens minus the replica's count of forms. Constant while it decodes a token a form. */
  offset = this.fractions.subarray(0);
  /** Number of the form that schedules its last token. */
  finishForm = this.fractions.subarray(1);
  /** What decides its place in the waiting line, smaller first; −Infinity once it was preempted. */
  orderKey = this.fractions.subarray(2);
  arrivalMs = this.fractions.subarray(3);
  scheduledMs = this.fractions.subarray(4);
  firstTokenMs = this.fractions.subarray(5);
  /** When the last token before a preemption comes out; NaN before the first preemption. */
  lastTokenMs = this.fractions.subarray(6);
  /** Queue time by reason while first in line; see `queueReasons`. The rest was spent behind others. */
  slotsMs = this.fractions.subarray(7);
  kvBlocksMs = this.fractions.subarray(8);
  tokenBudgetMs = this.fractions.subarray(9);
  iterationMs = this.fractions.subarray(10);
  headOfLineMs = this.fractions.subarray(11);
  /** Order of arrival at the line, kept where the line is not first come first served. */
  lineOrder = this.fractions.subarray(12);
  /** Expected time from its end to the next call of its context; NaN: none is known to follow after a gap. */
  gapMs = this.fractions.subarray(13);
  /** From arrival until its KV was there from the memory tiers; 0 when nothing was loaded. */
  kvLoadMs = this.fractions.subarray(14);
  /** When its KV had come from another replica. */
  receivedMs = this.fractions.subarray(15);
  state = this.flags.subarray(0);
  /** 1: the stream was made for a private context that was preempted, and goes with the sequence. */
  ownsStream = this.flags.subarray(1);
  /** 1: when it has all its output here, it holds its blocks until another replica has read them. */
  handsOver = this.flags.subarray(2);
  /** 1: the KV of all its tokens but the last comes from another replica, and it waits for room for it. */
  receives = this.flags.subarray(3);
  /** 1: nobody waits for the answer any more; it leaves, or has left, without its last token. */
  isAborted = this.flags.subarray(4);

  /** Whether anybody uses the columns of loads from memory tiers, of drafts, and of expected gaps: else they are not touched. */
  loadsKv = false;
  drafts = false;
  keepsGaps = false;
  /** Handles are below it. */
  private capacity = 0;
  private firstFree = -1;
  private rowsInUse = 0;

  constructor() {
    this.linkFree(initialRows * rowWidth);
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

  /** Handle of a request that is inside, −1 when it is not. Looks at all rows: for rare occasions. */
  rowOf(request: number): number {
    for (let row = 0; row < this.capacity; row += rowWidth)
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
    for (let row = capacity - rowWidth; row >= this.capacity; row -= rowWidth) {
      this.request[row] = noRequest;
      this.next[row] = this.firstFree;
      this.firstFree = row;
    }
    this.capacity = capacity;
  }

  private grow(): void {
    const capacity = 2 * this.capacity;
    growColumns(this, capacity);
    this.linkFree(capacity);
  }
}
