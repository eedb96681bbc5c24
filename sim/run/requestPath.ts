import type { Urgency } from '../engine/admissionOrder.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { privateContext, type TokenStreams } from '../engine/tokenStreams.js';
import { Outcome } from '../facts/requestTable.js';
import type { HandedRequest } from '../fleet/handedRequest.js';
import type { Placement } from '../fleet/placement.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { ContextHints } from './contextHints.js';
import { DrawPurpose } from './drawPurpose.js';
import type { FleetPool } from './fleetPool.js';
import type { GatewayStage } from './gatewayStage.js';
import type { RequestRecorder } from './requestRecorder.js';
import { Retries } from './retries.js';

/** Who a request comes from: what is decided and drawn for it on its way. */
export interface Sender {
  /** Names the draws, with the request's ordinal. */
  readonly key: DrawKey;
  readonly place: Placement;
  /** For engines that do not admit first come first served. */
  readonly urgency?: Urgency;
  /** Expected time from the end of the request to the next of its context; NaN or undefined: none is known to follow after a gap. */
  readonly gapMs?: number;
  /** Called when the request has ended at the fleet; its facts are in the recorder. */
  readonly onEnd?: (row: number, outcome: Outcome, timeMs: number) => void;
}

/** What is sent. */
export interface SentRequest {
  readonly population: number;
  readonly ordinal: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Token stream of the context, or `privateContext`. One reference is taken over and released at the end. */
  readonly stream: number;
  readonly affinityKey: number;
  /** One-way delay between client and gateway. */
  readonly networkMs: number;
}

/** The way of a request through the world: client → network → gateway → placement → router → replica. */
export class RequestPath {
  private readonly calendar: EventCalendar;
  private readonly grid: TimeGrid;
  private readonly streams: TokenStreams;
  private readonly recorder: RequestRecorder;
  readonly retries: Retries;
  /** Senders of populations by their index, and of single requests by row: undefined when they are told, or there is none. */
  private readonly common: (Sender | undefined)[] = [];
  private readonly single: (Sender | undefined)[] = [];
  /** Set by `connect`: pools and gateway report back to the path, so they come later. */
  private pools: readonly FleetPool[] = [];
  private gateway: GatewayStage | undefined = undefined;
  /** Undefined: no pool loads contexts before their calls come. */
  private hints: ContextHints | undefined = undefined;

  constructor(
    calendar: EventCalendar,
    grid: TimeGrid,
    streams: TokenStreams,
    recorder: RequestRecorder,
    horizonMs: number,
  ) {
    this.calendar = calendar;
    this.grid = grid;
    this.streams = streams;
    this.recorder = recorder;
    this.retries = new Retries(calendar, grid, recorder, horizonMs, (timeMs, row) => {
      if (recorder.outcome[row] !== Outcome.cancelled) this.travel(row, timeMs);
      else this.end(row, Outcome.cancelled, timeMs);
    });
  }

  connect(
    pools: readonly FleetPool[],
    gateway: GatewayStage | undefined,
    hints: ContextHints | undefined,
  ): void {
    this.pools = pools;
    this.gateway = gateway;
    this.hints = hints;
  }

  /** A request leaves its client. Returns its row. */
  send(sender: Sender, sent: SentRequest, timeMs: number): number {
    const recorder = this.recorder;
    const { population, ordinal, promptTokens, outputTokens, networkMs } = sent;
    const row = recorder.add(population, ordinal, promptTokens, outputTokens, timeMs);
    recorder.stream[row] = sent.stream;
    recorder.affinityKey[row] = sent.affinityKey;
    recorder.networkMs[row] = networkMs;
    if (sender.onEnd) {
      while (this.single.length < row) this.single.push(undefined);
      this.single[row] = sender;
      this.hints?.announce(row, sender.place, timeMs);
    } else this.common[population] = sender;
    this.travel(row, timeMs);
    return row;
  }

  /** From the client to the gateway. */
  private travel(row: number, timeMs: number): void {
    const networkMs = this.recorder.networkMs[row]!;
    if (networkMs > 0) this.calendar.scheduleArrival(timeMs + networkMs, this.handleReached, row);
    else this.handleReached(timeMs, row);
  }

  /** The client gives up a request: it leaves wherever it is. Its sender is not told. */
  cancel(row: number, timeMs: number): void {
    const sender = this.single[row];
    if (sender === undefined) return;
    this.single[row] = { key: sender.key, place: sender.place, onEnd: () => {} };
    this.recorder.outcome[row] = Outcome.cancelled;
    this.hints?.settle(row, -1, timeMs);
    const pool = this.recorder.pool[row]!;
    // Before it reached a pool it goes on to the router, and ends there.
    if (pool >= 0) this.pools[pool]!.cancel(row, timeMs);
  }

  /** A request has come to the end of the gateway. */
  reachRouter(row: number, timeMs: number): void {
    const recorder = this.recorder;
    recorder.arrivalMs[row] = timeMs;
    if (recorder.outcome[row] === Outcome.cancelled) {
      this.end(row, Outcome.cancelled, timeMs);
      return;
    }
    const { key, place, urgency, gapMs } = this.senderOf(row);
    const chosen = place(
      recorder.promptTokens[row]!,
      recorder.outputTokens[row]!,
      timeMs,
      recorder.stream[row]!,
    );
    this.hints?.settle(row, chosen, timeMs);
    if (chosen < 0) {
      this.end(row, Outcome.neverFits, timeMs);
      return;
    }
    recorder.pool[row] = chosen;
    const pool = this.pools[chosen]!;
    if (pool.accept(row, key, timeMs, urgency, gapMs)) return;
    pool.forgetHint?.(row, timeMs);
    if (pool.retry && this.retries.tryLater(row, pool.retry, key, timeMs)) pool.countRetry?.();
    else this.end(row, Outcome.rejected, timeMs);
  }

  /** An engine has written the last token of a request, or dropped it. */
  endSequence(table: SequenceTable, sequence: number, timeMs: number, replica: number): void {
    const recorder = this.recorder;
    const row = table.request[sequence]!;
    recorder.replica[row] = replica;
    recorder.scheduledMs[row] = table.scheduledMs[sequence]!;
    recorder.firstTokenMs[row] = table.firstTokenMs[sequence]!;
    recorder.iterationMs[row] = table.iterationMs[sequence]!;
    // These are 0 more often than not, and are before: what need not be written is not fetched into the caches.
    const { hitTokens, preemptions, headOfLineMs, slotsMs, kvBlocksMs, tokenBudgetMs } = table;
    if (hitTokens[sequence] !== 0) recorder.hitTokens[row] = hitTokens[sequence]!;
    if (preemptions[sequence] !== 0) recorder.preemptions[row] = preemptions[sequence]!;
    if (headOfLineMs[sequence] !== 0) recorder.headOfLineMs[row] = headOfLineMs[sequence]!;
    if (slotsMs[sequence] !== 0) recorder.slotsMs[row] = slotsMs[sequence]!;
    if (kvBlocksMs[sequence] !== 0) recorder.kvBlocksMs[row] = kvBlocksMs[sequence]!;
    if (tokenBudgetMs[sequence] !== 0) recorder.tokenBudgetMs[row] = tokenBudgetMs[sequence]!;
    if (recorder.loadsKv) recorder.kvLoadMs[row] = table.kvLoadMs[sequence]!;
    this.complete(row, timeMs);
  }

  /** A request that was handed over has its last token, or was dropped. */
  endHanded(handed: HandedRequest, decodePool: number, timeMs: number): void {
    const recorder = this.recorder;
    const { request: row, decode } = handed;
    const queue = handed.queue ?? decode;
    recorder.replica[row] = handed.prefillReplica;
    recorder.hitTokens[row] = handed.prefillRounds > 0 ? handed.hitTokens : handed.decodeHitTokens;
    recorder.preemptions[row] = handed.prefillPreemptions + handed.decodePreemptions;
    recorder.scheduledMs[row] = handed.queue ? handed.scheduledMs : handed.decodeScheduledMs;
    recorder.firstTokenMs[row] = handed.firstTokenMs;
    recorder.kvLoadMs[row] = handed.kvLoadMs;
    recorder.headOfLineMs[row] = queue?.headOfLineMs ?? 0;
    recorder.slotsMs[row] = queue?.slotsMs ?? 0;
    recorder.kvBlocksMs[row] = queue?.kvBlocksMs ?? 0;
    recorder.tokenBudgetMs[row] = queue?.tokenBudgetMs ?? 0;
    recorder.iterationMs[row] = queue?.iterationMs ?? 0;
    recorder.handOver?.note(row, handed, decodePool);
    this.complete(row, timeMs);
  }

  /** A request has all its output. */
  complete(row: number, timeMs: number): void {
    const recorder = this.recorder;
    recorder.clientFirstTokenMs[row] = recorder.firstTokenMs[row]! + recorder.networkMs[row]!;
    const isCancelled = recorder.outcome[row] === Outcome.cancelled;
    this.end(row, isCancelled ? Outcome.cancelled : Outcome.completed, timeMs);
  }

  /** A request left the queue of a station: its patience has ended, or its client gave it up. */
  abandon(row: number, timeMs: number): void {
    const isCancelled = this.recorder.outcome[row] === Outcome.cancelled;
    this.end(row, isCancelled ? Outcome.cancelled : Outcome.abandoned, timeMs);
  }

  private readonly handleReached = (timeMs: number, row: number): void => {
    const gateway = this.gateway;
    if (gateway === undefined) {
      this.reachRouter(row, timeMs);
      return;
    }
    const recorder = this.recorder;
    const ordinal = recorder.ordinal[row]!;
    const { key } = this.senderOf(row);
    const serviceMs = gateway.serviceMs(
      recorder.promptTokens[row]!,
      key.uniform(DrawPurpose.gatewayService, ordinal),
    );
    const overheadMs = gateway.overheadMs(key.uniform(DrawPurpose.gatewayOverhead, ordinal));
    const isAccepted = gateway.tryEnter(
      row,
      this.grid.round(serviceMs),
      this.grid.round(overheadMs),
      timeMs,
    );
    if (!isAccepted) this.end(row, Outcome.rejected, timeMs);
  };

  private end(row: number, outcome: Outcome, timeMs: number): void {
    const recorder = this.recorder;
    recorder.finishMs[row] = timeMs;
    this.hints?.settle(row, -1, timeMs);
    if (row < this.single.length) {
      const sender = this.single[row];
      this.single[row] = undefined;
      sender?.onEnd?.(row, outcome, timeMs);
    }
    const stream = recorder.stream[row]!;
    if (stream !== privateContext) this.streams.release(stream);
    recorder.end(row, outcome);
  }

  private senderOf(row: number): Sender {
    const single = row < this.single.length ? this.single[row] : undefined;
    return single ?? this.common[this.recorder.population[row]!]!;
  }
}
