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

const initialCapacity = 1024;
/** Stands in free rows. */
const noRequest = -1;

/**
 * The requests that are inside engines, one row each, in columns shared by all replicas of a pool.
 * Rows are recycled; a row's number is the sequence's handle.
 */
export class SequenceTable {
  /** The caller's number of the request. */
  request = new Int32Array(initialCapacity);
  promptTokens = new Int32Array(initialCapacity);
  outputTokens = new Int32Array(initialCapacity);
  /** Output tokens scheduled when it was last preempted. */
  generated = new Int32Array(initialCapacity);
  /** Tokens whose KV is computed or scheduled; of a decoding sequence see `DecodeRows`. */
  computed = new Int32Array(initialCapacity);
  /** KV blocks held by a prefilling sequence, and by a decoding one under speculative decoding. */
  heldBlocks = new Int32Array(initialCapacity);
  /** Full blocks of it that are registered in the prefix cache. */
  registeredBlocks = new Int32Array(initialCapacity);
  /**
   * Leading full blocks whose KV was brought from elsewhere, a memory tier or another replica: on admission
   * they take room like new blocks, and nothing is computed for them. 0 from then on.
   */
  loadedBlocks = new Int32Array(initialCapacity);
  /** Those of them that were on the replica when the load began. */
  residentBlocks = new Int32Array(initialCapacity);
  /** Token stream that it reads and extends; `privateContext` when no other request can share it. */
  stream = new Int32Array(initialCapacity);
  /** Cache node of the stream on its replica while it runs, −1 otherwise. */
  node = new Int32Array(initialCapacity);
  /** Neighbours in the running list; both also link the waiting line, `next` free rows. */
  previous = new Int32Array(initialCapacity);
  next = new Int32Array(initialCapacity);
  /** 1: the stream was made for a private context that was preempted, and goes with the sequence. */
  ownsStream = new Uint8Array(initialCapacity);
  /** Place in the heap of its rows while it decodes, in that of the waiting line while it waits; −1: in the front list. */
  heapIndex = new Int32Array(initialCapacity);
  /** What decides its place in the waiting line, smaller first; −Infinity once it was preempted. */
  orderKey = new Float64Array(initialCapacity);
  /** Order of arrival at the line, kept where the line is not first come first served. */
  lineOrder = new Float64Array(initialCapacity);
  /** Order of admission. */
  order = new Int32Array(initialCapacity);
  preemptions = new Int32Array(initialCapacity);
  /** Which replica of its pool has it; the pool's to set. */
  replica = new Int32Array(initialCapacity);
  /** Prompt tokens found cached, summed over admissions. */
  hitTokens = new Int32Array(initialCapacity);
  state = new Uint8Array(initialCapacity);
  /** 1: when it has all its output here, it holds its blocks until another replica has read them. */
  handsOver = new Uint8Array(initialCapacity);
  /** 1: the KV of all its tokens but the last comes from another replica, and it waits for room for it. */
  receives = new Uint8Array(initialCapacity);
  /** 1: nobody waits for the answer any more; it leaves, or has left, without its last token. */
  isAborted = new Uint8Array(initialCapacity);
  /** Of a decoding sequence: computed tokens minus the replica's count of forms. Constant while it decodes a token a form. */
  offset = new Float64Array(initialCapacity);
  /** Number of the form that schedules its last token. */
  finishForm = new Float64Array(initialCapacity);
  /** Under speculative decoding: what its draws are named by, decode iterations so far, tokens of the last one. */
  seed = new Int32Array(initialCapacity);
  decodeRounds = new Int32Array(initialCapacity);
  lastTokens = new Int32Array(initialCapacity);
  /** Expected time from its end to the next call of its context; NaN: none is known to follow after a gap. */
  gapMs = new Float64Array(initialCapacity);
  arrivalMs = new Float64Array(initialCapacity);
  /** From arrival until its KV was there from the memory tiers; 0 when nothing was loaded. */
  kvLoadMs = new Float64Array(initialCapacity);
  scheduledMs = new Float64Array(initialCapacity);
  /** When its KV had come from another replica. */
  receivedMs = new Float64Array(initialCapacity);
  firstTokenMs = new Float64Array(initialCapacity);
  /** When the last token before a preemption comes out; NaN before the first preemption. */
  lastTokenMs = new Float64Array(initialCapacity);
  /** Queue time by reason while first in line; see `queueReasons`. The rest was spent behind others. */
  slotsMs = new Float64Array(initialCapacity);
  kvBlocksMs = new Float64Array(initialCapacity);
  tokenBudgetMs = new Float64Array(initialCapacity);
  iterationMs = new Float64Array(initialCapacity);
  headOfLineMs = new Float64Array(initialCapacity);

  /** Whether anybody uses the columns of loads from memory tiers, of drafts, and of expected gaps: else they are not touched. */
  loadsKv = false;
  drafts = false;
  keepsGaps = false;
  private capacity = 0;
  private firstFree = -1;
  private rowsInUse = 0;

  constructor() {
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
    return this.request.indexOf(request);
  }

  release(sequence: number): void {
    this.request[sequence] = noRequest;
    this.next[sequence] = this.firstFree;
    this.firstFree = sequence;
    this.rowsInUse--;
  }

  private linkFree(capacity: number): void {
    for (let row = capacity - 1; row >= this.capacity; row--) {
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
