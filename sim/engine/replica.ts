import type { IterationCost } from '../hardware/iterationCost.js';
import type { LogHistogram } from '../statistics/logHistogram.js';
import { BatchFormer } from './batchFormer.js';
import { Completions } from './completions.js';
import type { OnSequenceEnd } from './onSequenceEnd.js';
import { recordRun, stampTokens } from './recordRun.js';
import type { ReplicaOptions } from './replicaOptions.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';
import type { SharedState } from './sharedState.js';
import { Wake } from './wake.js';

/**
 * One replica at iteration granularity, advanced by jumps: one event per change of the batch's
 * composition. Semantics: docs/engine.md (vLLM 0.19). It has no clock and no calendar: callers give the time,
 * and see to it that `end` is called at `nextEndMs`. Draft acceptance depends on request and round alone.
 *
 * A segment between two changes is the iteration `current` with its own duration (asynchronous scheduling
 * only: it runs while the next batch is formed) followed by `former.run.length` equal batches. Where nobody
 * comes, goes or waits at the end of a segment, it is quiet: it has no event, and is passed when the replica is
 * looked at next.
 */
export class Replica {
  readonly former: BatchFormer;
  readonly index: number;
  /** When `end` must be called: at the first end of a segment that is not quiet. Infinity while idle. */
  nextEndMs = Number.POSITIVE_INFINITY;
  isIdle = true;
  private readonly table: SequenceTable;
  private readonly itlMs: LogHistogram;
  private readonly completions: Completions;
  /** 1 under asynchronous scheduling: a batch is formed one iteration before it runs. */
  private readonly lag: 0 | 1;
  /** True between the end of an iteration and the forming of the next batch. */
  private isForming = false;
  private segmentStartMs = 0;
  private currentMs = 0;
  /** End of the segment while it is quiet, Infinity otherwise. */
  private quietEndMs = Number.POSITIVE_INFINITY;
  /** Forms of the run that are already applied to the state; its work is counted when it is over. */
  appliedForms = 0;

  constructor(
    index: number,
    options: ReplicaOptions,
    cost: IterationCost,
    shared: SharedState,
    onSequenceEnd: OnSequenceEnd,
  ) {
    const { table, store, itlMs } = shared;
    this.index = index;
    this.table = table;
    this.itlMs = itlMs;
    this.lag = options.asyncScheduling ? 1 : 0;
    this.former = new BatchFormer(index, options, cost, shared);
    this.completions = new Completions(index, this.former, table, store, onSequenceEnd);
  }

  /** A sequence arrives. Observe the returned wake-up. */
  arrive(sequence: number, timeMs: number): Wake {
    const { former } = this;
    this.catchUp(timeMs);
    former.waiting.insert(sequence, timeMs);
    if (this.isForming) return Wake.nothing;
    if (this.isIdle) return this.wakeUp(timeMs);
    if (former.waiting.first !== sequence) return Wake.nothing;
    return former.run.length > 1 ? this.cutFor(sequence, timeMs) : this.attendEnd();
  }

  /**
   * The segment ends: tokens come out, sequences complete, blocks and slots come back. False: it goes on without
   * the sequences that drained, to `nextEndMs`; otherwise `start` follows.
   */
  end(timeMs: number): boolean {
    const { former } = this;
    while (this.quietEndMs < Number.POSITIVE_INFINITY) this.passQuietEnd();
    former.kv.lru.moveTo(timeMs);
    const { drainsInRun } = former.foresight;
    if (!drainsInRun) this.endSegment(timeMs);
    this.isForming = true;
    this.nextEndMs = Number.POSITIVE_INFINITY;
    if (this.lag === 1) this.completions.ofDrained(timeMs);
    else this.completions.ofDecoding(timeMs);
    this.completions.leaveAborted(timeMs);
    if (!drainsInRun) return true;
    this.isForming = false;
    former.foresight.lookAfterDraining();
    this.planEnd();
    return false;
  }

  /** Forms the batch of this instant and starts the next iteration. Follows `end`, or the arrival at an idle replica. */
  start(timeMs: number): void {
    this.isForming = false;
    recordRun(this.former, this.itlMs);
    if (this.lag === 1) this.startAsynchronous(timeMs);
    else this.startSynchronous(timeMs);
  }

  /**
   * Nobody waits for a sequence any more. One that gets a token from the running iteration, or computes its
   * prompt, leaves at the next boundary, unless that token is its last; any other leaves at once.
   */
  abort(sequence: number, timeMs: number): Wake {
    this.catchUp(timeMs);
    const { completions, table } = this;
    const { waiting } = this.former;
    if (!completions.cancel(sequence)) return Wake.nothing;
    const state = table.state[sequence]!;
    if (state === SequenceState.receiving) {
      return this.changeBlocks(timeMs, () => completions.leave(sequence, timeMs));
    }
    const isInFlight = state !== SequenceState.waiting || table.lastTokenMs[sequence]! > timeMs;
    if (isInFlight && !this.isForming) {
      completions.leaveAtEnd(sequence);
      return this.cutAt(timeMs);
    }
    const wasFirst = waiting.first === sequence;
    completions.leave(sequence, timeMs);
    if (!wasFirst || waiting.length === 0 || this.isForming) return Wake.nothing;
    // Whoever is first now may be admissible inside the run.
    return this.lookAgain(timeMs);
  }

  /** The KV of a receiving sequence has come: it joins the batch that is formed next. */
  receive(sequence: number, timeMs: number): Wake {
    this.table.receivedMs[sequence] = timeMs;
    this.former.handOver.complete(sequence);
    return this.lookAgain(timeMs);
  }

  /** Blocks are taken or given outside a form: a run that goes on, and who waits for blocks, counted on others. */
  changeBlocks(timeMs: number, change: () => void): Wake {
    this.observe(timeMs);
    this.former.kv.lru.moveTo(timeMs);
    change();
    return this.isIdle && this.former.waiting.length === 0 ? Wake.nothing : this.lookAgain(timeMs);
  }

  /** Brings blocks and contexts up to the last boundary before `timeMs`: routers look at caches inside a run. */
  observe(timeMs: number): void {
    this.catchUp(timeMs);
    const isInRun = !this.isIdle && !this.isForming && this.former.run.length > 1;
    if (isInRun) this.applyForms(this.firstFormFrom(timeMs) - 1);
    this.former.expire(timeMs);
  }

  /** The simulation ends at `timeMs`: what ended until then counts. */
  finish(timeMs: number): void {
    while (this.quietEndMs <= timeMs) this.passQuietEnd();
  }

  private startAsynchronous(timeMs: number): void {
    const { former } = this;
    const { run } = former;
    if (run.isEmpty) {
      // Nothing was formed ahead. An empty batch takes no time, so the batch of now starts at once.
      former.formAtRest(timeMs);
      if (run.isEmpty) {
        this.rest();
        return;
      }
      run.length = 1;
      recordRun(this.former, this.itlMs);
    }
    this.currentMs = run.timing.durationMs(run.length - 1);
    stampTokens(this.former, this.table, this.itlMs, timeMs + this.currentMs);
    this.appliedForms = 0;
    former.form(timeMs, this.currentMs);
    this.planEnd();
  }

  /** The run formed last has begun, or goes on. */
  private planEnd(): void {
    const { run, foresight } = this.former;
    const { quietMs, drainsInRun } = foresight;
    const endMs = this.boundaryMs(drainsInRun ? 1 : run.length);
    this.nextEndMs = endMs + quietMs;
    this.quietEndMs = quietMs > 0 ? endMs : Number.POSITIVE_INFINITY;
  }

  /** The ends of segments that came before `timeMs` without an event are passed now. */
  private catchUp(timeMs: number): void {
    while (this.quietEndMs < timeMs) this.passQuietEnd();
  }

  private passQuietEnd(): void {
    const { former } = this;
    const timeMs = this.quietEndMs;
    this.endSegment(timeMs);
    recordRun(former, this.itlMs);
    this.currentMs = former.run.timing.durationMs(former.run.length - 1);
    stampTokens(former, this.table, this.itlMs, timeMs + this.currentMs);
    this.appliedForms = 0;
    former.foresight.form();
    const isQuiet = former.foresight.quietMs > 0;
    this.quietEndMs = isQuiet ? this.boundaryMs(former.run.length) : Number.POSITIVE_INFINITY;
  }

  /** The whole segment has run but for its last batch, which runs next. */
  private endSegment(timeMs: number): void {
    this.applyForms(this.former.run.length - 1);
    this.former.counters.busyMs += timeMs - this.segmentStartMs;
    this.segmentStartMs = timeMs;
  }

  /** The end of the segment now affects someone, so it needs an event, which a quiet one has not. */
  private attendEnd(): Wake {
    if (this.quietEndMs === Number.POSITIVE_INFINITY) return Wake.nothing;
    this.nextEndMs = this.quietEndMs;
    this.quietEndMs = Number.POSITIVE_INFINITY;
    return Wake.endMoved;
  }

  private startSynchronous(timeMs: number): void {
    const { former } = this;
    this.appliedForms = 0;
    former.formAtRest(timeMs);
    if (former.run.isEmpty) this.rest();
    else {
      this.nextEndMs = timeMs + former.run.timing.sumMs(former.run.length);
      stampTokens(former, this.table, this.itlMs, this.nextEndMs);
    }
  }

  private rest(): void {
    this.former.handOver.checkRest(this.index);
    this.isIdle = true;
  }

  /**
   * A request arrived inside a run and nobody is before it. If it can be admitted at a boundary of the run,
   * the run ends there; a blocked one cannot become admissible inside a run, because available blocks only fall.
   */
  private cutFor(sequence: number, timeMs: number): Wake {
    const { former } = this;
    const form = this.firstFormFrom(timeMs);
    if (form >= former.run.length) return this.attendEnd();
    // Slots and blocks come back there.
    if (former.foresight.drainsInRun) return this.cutRun(form);
    const reason = former.reasonNotAdmitted(sequence, form - this.appliedForms);
    if (reason === undefined) return this.cutRun(form);
    const formMs = this.boundaryMs(form);
    former.waiting.settleFirst(formMs);
    former.waiting.noteFirst(reason, formMs);
    return this.attendEnd();
  }

  private wakeUp(timeMs: number): Wake {
    this.isIdle = false;
    this.isForming = true;
    this.segmentStartMs = timeMs;
    return Wake.formNow;
  }

  /** Something changed that a form must see: the next one is formed as soon as it can be. */
  private lookAgain(timeMs: number): Wake {
    if (this.isForming) return Wake.nothing;
    return this.isIdle ? this.wakeUp(timeMs) : this.cutAt(timeMs);
  }

  /** The segment ends at its first boundary from `timeMs` on. */
  private cutAt(timeMs: number): Wake {
    const form = this.firstFormFrom(timeMs);
    return form >= this.former.run.length ? this.attendEnd() : this.cutRun(form);
  }

  /** The segment ends with this form. */
  private cutRun(form: number): Wake {
    this.former.run.length = form;
    this.nextEndMs = this.boundaryMs(form);
    this.quietEndMs = Number.POSITIVE_INFINITY;
    return Wake.endMoved;
  }

  /** When this form of the segment is made. */
  private boundaryMs(form: number): number {
    const { timing } = this.former.run;
    return this.segmentStartMs + this.currentMs + timing.sumMs(form - this.lag);
  }

  /** Number of the first form of the segment at or after `timeMs`, from 1; the length of the run when it is the one that follows the segment. */
  private firstFormFrom(timeMs: number): number {
    const elapsedMs = timeMs - this.segmentStartMs - this.currentMs;
    const lag = this.lag;
    const { timing, length } = this.former.run;
    return timing.countReaching(elapsedMs, 1 - lag, length - lag) + lag;
  }

  private applyForms(upTo: number): void {
    const count = upTo - this.appliedForms;
    if (count <= 0) return;
    this.appliedForms = upTo;
    this.former.applyForms(count);
  }
}
