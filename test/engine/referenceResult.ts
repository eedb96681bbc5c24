import { LogHistogram } from '../../sim/statistics/logHistogram.js';
import type { World, WorldResult } from './world.js';

/** Kinds of situation that a world led to; the tests insist that each is met often enough. */
export interface ReferenceReach {
  drainingPreemptions: number;
  readmissions: number;
  wholePromptHits: number;
  heldForWholeSequence: number;
  /** Speculative decoding: rows that got several tokens at once, that got fewer than were accepted because their output ended, and that took several blocks. */
  bursts: number;
  burstsCutShort: number;
  severalBlocks: number;
  /** Preempted while it held blocks for drafts that were not accepted. */
  preemptionsWithSpareBlocks: number;
  /** Decode rows that reached the end of the attention window. */
  windowCrossings: number;
  /** Requests that took a place before others in line; before the first of all; in a batch of decode rows only. */
  overtakings: number;
  overtakingsOfTheFirst: number;
  overtakingsDuringDecode: number;
  /** Before all but preempted sequences. */
  overtakingsBehindPreempted: number;
  /** Requests that came to an empty waiting list while only decode rows ran: what a jump must be cut for. */
  arrivalsDuringDecode: number;
  /** Arrivals at the very instant at which some iteration ended. */
  arrivalsOnBoundaries: number;
  /** Instants at which iterations of several replicas ended. */
  tiedEnds: number;
  /** Requests that the prefix-aware router sent elsewhere than to the least loaded replica. */
  routedByPrefix: number;
  /** Cancels by what the sequence was doing then. Here: it waited behind others. */
  cancelsInLine: number;
  cancelsFirstInLine: number;
  /** Preempted, all its tokens out. */
  cancelsPreempted: number;
  /** Preempted, with a token in the iteration that ran. */
  cancelsPreemptedInFlight: number;
  cancelsPrefilling: number;
  /** Its prompt was complete in a formed batch, its first token not yet out. */
  cancelsBeforeFirstToken: number;
  cancelsDecoding: number;
  /** Its last token was in a batch that did not run yet: it never got it. */
  cancelsWithLastTokenFormed: number;
  /** Its last token was in the iteration that ran: it completed. */
  cancelsWithLastTokenRunning: number;
  /** It held blocks that others used too. */
  cancelsOfShared: number;
  /** At the very instant at which some iteration ended. */
  cancelsOnBoundaries: number;
  cancelsAtArrival: number;
  cancelsLoading: number;
  /** Before it had arrived, or after it had ended. */
  cancelsWithoutEffect: number;
  /** Requests that loaded KV from memory tiers; and from more than one at once. */
  loads: number;
  loadsFromSeveralTiers: number;
  /** Requests that computed what they could have loaded. */
  loadsThatDidNotPay: number;
  /** Admissions of loaded requests whose own blocks had been evicted meanwhile. */
  lossesWhileLoading: number;
  /** Loads begun before their requests came: all; met under way; there in time; their requests sent elsewhere; taken back, in all. */
  prefetches: number;
  prefetchesMet: number;
  prefetchesInTime: number;
  prefetchesElsewhere: number;
  prefetchesForgotten: number;
  /** Not begun, as there was no room; running sequences needed the room before the request came; the context was written when it came. */
  prefetchesWithoutRoom: number;
  prefetchesPushedOut: number;
  prefetchesOfWritten: number;
  /** Blocks that expired. */
  expiredBlocks: number;
  /** Contexts kept over a gap because that costs less; emptied for it; and not wholly, as others use the head. */
  keptOverGap: number;
  droppedForGap: number;
  droppedInPart: number;
  /** Contexts held between calls; until their time was over; and until somebody needed their blocks. */
  pins: number;
  pinsRunOut: number;
  pinsDropped: number;
}

/** All that the reference engine found out: the result that engines must agree on, and what test worlds are built from. */
export interface ReferenceResult extends WorldResult {
  iterations: number;
  computedTokens: number;
  evictedBlocks: number;
  draftTokens: number;
  acceptedDrafts: number;
  busyMs: number;
  decodeContextTokens: number;
  chunkPairs: number;
  lostBlocks: number;
  /** When each output token of each task existed. */
  readonly tokenTimesMs: number[][];
  /** Ends of all iterations, in the order in which they started. */
  readonly iterationEndsMs: number[];
  readonly reach: ReferenceReach;
}

/** A result in which nothing has happened yet. */
export function emptyReferenceResult(world: World): ReferenceResult {
  const count = world.tasks.length;
  const times = () => new Float64Array(count).fill(Number.NaN);
  return {
    arrivalMs: times(),
    scheduledMs: times(),
    firstTokenMs: times(),
    finishMs: times(),
    cancelled: new Uint8Array(count),
    preemptions: new Int32Array(count),
    replica: new Int32Array(count),
    hitTokens: new Int32Array(count),
    freeBlocksAtFinish: new Int32Array(count),
    evictableBlocksAtFinish: new Int32Array(count),
    kvLoadMs: new Float64Array(count),
    headOfLineMs: times(),
    slotsMs: times(),
    kvBlocksMs: times(),
    tokenBudgetMs: times(),
    iterationMs: times(),
    iterations: 0,
    computedTokens: 0,
    evictedBlocks: 0,
    draftTokens: 0,
    acceptedDrafts: 0,
    busyMs: 0,
    itl: new LogHistogram(),
    decodeContextTokens: 0,
    chunkPairs: 0,
    loadedTokens: (world.tiering?.tiers ?? []).map(() => 0),
    writtenBytes: (world.tiering?.tiers ?? []).map(() => 0),
    tierEvictions: [],
    tierBlocks: [],
    lostBlocks: 0,
    lruBlocks: [],
    freeBlocks: [],
    leaks: [],
    tokenTimesMs: world.tasks.map(() => []),
    iterationEndsMs: [],
    reach: {
      drainingPreemptions: 0,
      readmissions: 0,
      wholePromptHits: 0,
      heldForWholeSequence: 0,
      bursts: 0,
      burstsCutShort: 0,
      severalBlocks: 0,
      preemptionsWithSpareBlocks: 0,
      windowCrossings: 0,
      overtakings: 0,
      overtakingsOfTheFirst: 0,
      overtakingsDuringDecode: 0,
      overtakingsBehindPreempted: 0,
      arrivalsDuringDecode: 0,
      arrivalsOnBoundaries: 0,
      tiedEnds: 0,
      routedByPrefix: 0,
      cancelsInLine: 0,
      cancelsFirstInLine: 0,
      cancelsPreempted: 0,
      cancelsPreemptedInFlight: 0,
      cancelsPrefilling: 0,
      cancelsBeforeFirstToken: 0,
      cancelsDecoding: 0,
      cancelsWithLastTokenFormed: 0,
      cancelsWithLastTokenRunning: 0,
      cancelsOfShared: 0,
      cancelsOnBoundaries: 0,
      cancelsAtArrival: 0,
      cancelsLoading: 0,
      cancelsWithoutEffect: 0,
      loads: 0,
      loadsFromSeveralTiers: 0,
      loadsThatDidNotPay: 0,
      lossesWhileLoading: 0,
      prefetches: 0,
      prefetchesMet: 0,
      prefetchesInTime: 0,
      prefetchesElsewhere: 0,
      prefetchesForgotten: 0,
      prefetchesWithoutRoom: 0,
      prefetchesPushedOut: 0,
      prefetchesOfWritten: 0,
      expiredBlocks: 0,
      keptOverGap: 0,
      droppedForGap: 0,
      droppedInPart: 0,
      pins: 0,
      pinsRunOut: 0,
      pinsDropped: 0,
    },
  };
}
