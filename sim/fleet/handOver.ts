import { noUrgency, type Urgency } from '../engine/admissionOrder.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { privateContext } from '../engine/tokenStreams.js';
import type { EventCalendar } from '../kernel/calendar.js';
import { cachedTokens } from './cachedTokens.js';
import { HandedRequest, queueTimesOf, sumOf } from './handedRequest.js';
import { decodingRow, handedRow, prefillRow } from './handedRows.js';
import type { HandOverOptions } from './handOverOptions.js';
import type { HandOverSide } from './handOverSide.js';
import { KvReturn } from './kvReturn.js';
import type { RoutedRequest } from './router.js';
import type { TransferNetwork } from './transferNetwork.js';
import { visibleBytes } from './visibleBytes.js';

/** Called when a request has all its output, or was cancelled and has left both pools. */
export type OnHandedEnd = (handed: HandedRequest, timeMs: number) => void;

/**
 * Requests whose prompt is computed in one pool and whose output is decoded in another. The prefill side
 * holds the blocks of a computed prompt until they are read; the decode side reserves room before they
 * are sent. Semantics: docs/hand-over.md.
 */
export class HandOver {
  private readonly prefill: HandOverSide;
  private readonly decode: HandOverSide;
  private readonly options: HandOverOptions;
  private readonly decodeOnly: boolean;
  private readonly calendar: EventCalendar;
  private readonly network: TransferNetwork;
  private readonly store: PrefixCacheStore;
  private readonly onEnd: OnHandedEnd;
  private readonly kvReturn: KvReturn | undefined;
  private readonly inside = new Map<number, HandedRequest>();
  /** What is on its way, by a number of its own. */
  private readonly onTheWay = new Map<number, HandedRequest>();
  private tickets = 0;

  constructor(
    prefill: HandOverSide,
    decode: HandOverSide & { readonly decodeOnly: boolean },
    options: HandOverOptions,
    world: {
      readonly calendar: EventCalendar;
      readonly network: TransferNetwork;
      readonly store: PrefixCacheStore;
      readonly onEnd: OnHandedEnd;
    },
  ) {
    this.prefill = prefill;
    this.decode = decode;
    this.decodeOnly = decode.decodeOnly;
    this.options = options;
    this.calendar = world.calendar;
    this.network = world.network;
    this.store = world.store;
    this.onEnd = world.onEnd;
    if (options.returnsKv) this.kvReturn = new KvReturn(prefill, decode, options, world);
  }

  /** A request arrives at the prefill pool. `seed` names its draws under speculative decoding. */
  accept(
    request: number,
    routed: RoutedRequest,
    outputTokens: number,
    timeMs: number,
    urgency: Urgency = noUrgency,
    seed = 0,
  ): void {
    const from = { timeMs, urgency, seed };
    const handed = new HandedRequest(request, { ...routed }, outputTokens, from);
    this.inside.set(request, handed);
    if (this.decodeOnly && routed.stream === privateContext) {
      // It may come back, and looks for its blocks then.
      handed.routed.stream = this.store.streams.addRoot();
      handed.ownsStream = true;
    }
    if (this.options.minTokens > 0) {
      const { pool } = this.decode;
      const replica = pool.route(handed.routed, timeMs);
      const cached = cachedTokens(pool.replicas[replica]!, handed.routed, timeMs);
      handed.decodeReplica = replica;
      if (routed.promptTokens - cached < this.options.minTokens) {
        handed.stage = 'direct';
        handed.row = decodingRow(pool.table, handed, timeMs);
        pool.enter(handed.row, replica, timeMs, urgency);
        return;
      }
    }
    this.startPrefill(handed, timeMs);
  }

  /** The client of a request gave it up: it leaves wherever it is. Returns whether it is known here. */
  cancel(request: number, timeMs: number): boolean {
    const handed = this.inside.get(request);
    if (handed === undefined) return false;
    const { stage, row } = handed;
    handed.isGivenUp = true;
    if (stage === 'prefill') this.prefill.pool.cancelSequence(row, timeMs);
    else if (stage === 'held') {
      this.letGo(handed, timeMs);
      this.end(handed, true, timeMs);
    } else this.decode.pool.cancelSequence(row, timeMs);
    return true;
  }

  /** How long the request first in line at the least loaded replica of the decode pool has waited. */
  decodeQueueTimeMs(timeMs: number): number {
    return this.decode.pool.queueTimeMs(timeMs);
  }

  /** Is this request on its way through these pools? */
  knows(request: number): boolean {
    return this.inside.has(request);
  }

  /** A prompt is computed, and its blocks are held. */
  prefilled(sequence: number, timeMs: number): void {
    const { pool } = this.prefill;
    const handed = this.inside.get(pool.table.request[sequence]!)!;
    handed.heldRow = sequence;
    this.leavePrefill(handed, pool.table, sequence, timeMs);
  }

  private leavePrefill(
    handed: HandedRequest,
    table: SequenceTable,
    row: number,
    timeMs: number,
  ): void {
    handed.stage = 'held';
    if (handed.prefillRounds === 0) handed.prefilledMs = timeMs;
    this.notePrefill(handed, table, row, timeMs);
    // Whatever else ends at this instant comes first.
    this.calendar.scheduleArrival(timeMs, this.handleDecodeArrival, handed.request);
  }

  /** Room for the KV of a sequence is reserved at the decode side. */
  reserved(sequence: number, timeMs: number): void {
    const { pool, links } = this.decode;
    const { table } = pool;
    const handed = this.inside.get(table.request[sequence]!)!;
    const { former } = pool.replicas[table.replica[sequence]!]!;
    const cached = table.registeredBlocks[sequence]! << former.blockShift;
    const tokens = Math.max(0, table.computed[sequence]! - cached);
    handed.stage = 'receiving';
    if (Number.isNaN(handed.reservedMs)) handed.reservedMs = timeMs;
    handed.sentTokens += tokens;
    const out = this.prefill.links.out[handed.prefillReplica]!;
    const into = links.in[table.replica[sequence]!]!;
    const bytesPerMs = Math.min(this.prefill.links.bytesPerMs, links.bytesPerMs);
    const bytes = visibleBytes(this.options, tokens, bytesPerMs * handed.prefillMs);
    handed.ticket = this.tickets++;
    this.onTheWay.set(handed.ticket, handed);
    const { ticket } = handed;
    const { latencyMs, kvBytesPerToken } = this.options;
    handed.transfer = this.network.start([out, into], bytes, latencyMs, this.handleArrived, ticket);
    this.network.noteUnseen([out, into], tokens * kvBytesPerToken - bytes);
  }

  /** The decode side took the room back: the KV is sent again when there is room again. */
  withdrawn(sequence: number): void {
    const handed = this.inside.get(this.decode.pool.table.request[sequence]!)!;
    this.network.cancel(handed.transfer);
    this.onTheWay.delete(handed.ticket);
    handed.ticket = -1;
    handed.stage = 'waiting';
  }

  /** A preempted sequence has left the decode side, which computes no prompts. */
  returned(sequence: number, timeMs: number): void {
    const { pool } = this.decode;
    const { table } = pool;
    const handed = this.inside.get(table.request[sequence]!)!;
    handed.generated = table.generated[sequence]!;
    handed.decodeRounds = table.decodeRounds[sequence]!;
    handed.lastTokenMs = table.lastTokenMs[sequence]!;
    handed.noteDecode(table, sequence, false);
    const isCancelled = table.isAborted[sequence] === 1;
    pool.dismiss(sequence);
    if (isCancelled) this.end(handed, true, timeMs);
    else this.startPrefill(handed, timeMs);
  }

  /** A sequence ends in the prefill pool: it has only one token, no pool reads its blocks, or it was cancelled before being held. False: not one of these. */
  endPrefill(table: SequenceTable, sequence: number, timeMs: number): boolean {
    const handed = this.inside.get(table.request[sequence]!);
    if (handed === undefined || handed.stage !== 'prefill') return false;
    // The last token of a sequence that was cancelled may be on its way, but not the last of its request.
    const hasMore = this.options.recomputes && handed.outputTokens > 1;
    const isCancelled = table.isAborted[sequence] === 1 || (hasMore && handed.isGivenUp);
    if (hasMore && !isCancelled) this.leavePrefill(handed, table, sequence, timeMs);
    else {
      this.notePrefill(handed, table, sequence, timeMs);
      this.end(handed, isCancelled, timeMs);
    }
    return true;
  }

  /** A sequence ends in the decode pool. False: not one of these. */
  endDecode(table: SequenceTable, sequence: number, timeMs: number): boolean {
    const handed = this.inside.get(table.request[sequence]!);
    if (handed === undefined || handed.stage === 'prefill') return false;
    this.noteDecode(handed, table, sequence);
    if (handed.ticket >= 0) this.network.cancel(handed.transfer);
    if (handed.stage === 'waiting' || handed.stage === 'receiving') this.letGo(handed, timeMs);
    const isCancelled = table.isAborted[sequence] === 1;
    if (!isCancelled) this.kvReturn?.send(handed);
    this.end(handed, isCancelled, timeMs);
    return true;
  }

  private startPrefill(handed: HandedRequest, timeMs: number): void {
    const { pool } = this.prefill;
    const { routed, generated, outputTokens } = handed;
    const { firstToken, recomputes } = this.options;
    const isLast = firstToken === 'prefill' && generated + 1 === outputTokens;
    routed.promptTokens = handed.promptTokens + generated;
    const row = prefillRow(pool.table, handed, !isLast && !recomputes, timeMs);
    handed.stage = 'prefill';
    handed.row = row;
    pool.enter(row, pool.route(routed, timeMs), timeMs, handed.urgencyAt(timeMs));
  }

  private readonly handleDecodeArrival = (timeMs: number, request: number): void => {
    const handed = this.inside.get(request);
    if (handed?.stage !== 'held') return;
    const { pool } = this.decode;
    const { recomputes } = this.options;
    const row = handedRow(pool.table, handed, recomputes, timeMs);
    const isChosen = handed.decodeReplica >= 0 && handed.prefillRounds === 1;
    const replica = isChosen ? handed.decodeReplica : pool.route(handed.routed, timeMs);
    handed.decodeReplica = replica;
    handed.stage = recomputes ? 'decode' : 'waiting';
    handed.row = row;
    pool.enter(row, replica, timeMs, handed.urgencyAt(timeMs));
  };

  private readonly handleArrived = (timeMs: number, ticket: number): void => {
    const handed = this.onTheWay.get(ticket);
    if (handed === undefined) return;
    this.onTheWay.delete(ticket);
    handed.ticket = -1;
    handed.stage = 'decode';
    if (handed.prefillRounds === 1) handed.kvTransferMs = timeMs - handed.reservedMs;
    this.letGo(handed, timeMs);
    this.decode.pool.receive(handed.row, timeMs);
  };

  /** Nobody reads the blocks at the prefill side any more. */
  private letGo(handed: HandedRequest, timeMs: number): void {
    if (handed.heldRow < 0) return;
    const { pool } = this.prefill;
    const { ownsStream, stream } = pool.table;
    // A stream that was made for a preempted private context goes with its row.
    const made = ownsStream[handed.heldRow] === 1 ? stream[handed.heldRow]! : privateContext;
    pool.releaseHeld(handed.heldRow, timeMs);
    if (made !== privateContext) this.store.streams.release(made);
    handed.heldRow = -1;
  }

  private notePrefill(
    handed: HandedRequest,
    table: SequenceTable,
    row: number,
    timeMs: number,
  ): void {
    handed.prefillReplica = table.replica[row]!;
    handed.hitTokens += table.hitTokens[row]!;
    handed.prefillPreemptions += table.preemptions[row]!;
    const isFirst = handed.prefillRounds++ === 0;
    const queue = queueTimesOf(table, row);
    if (isFirst) {
      handed.queue = queue;
      handed.scheduledMs = table.scheduledMs[row]!;
      handed.kvLoadMs = table.kvLoadMs[row]!;
    }
    handed.prefillMs = timeMs - table.arrivalMs[row]! - table.kvLoadMs[row]! - sumOf(queue);
    if (this.options.firstToken === 'decode' || Number.isNaN(table.firstTokenMs[row]!)) return;
    handed.generated++;
    if (isFirst) handed.firstTokenMs = timeMs;
    else this.prefill.pool.itlMs.add(timeMs - handed.lastTokenMs);
    handed.lastTokenMs = timeMs;
  }

  private noteDecode(handed: HandedRequest, table: SequenceTable, row: number): void {
    handed.noteDecode(table, row, this.options.recomputes);
    if (Number.isNaN(handed.recomputeMs)) return;
    // Its first token there follows the one that the prefill side gave.
    this.decode.pool.itlMs.add(table.firstTokenMs[row]! - handed.lastTokenMs);
  }

  private end(handed: HandedRequest, isCancelled: boolean, timeMs: number): void {
    this.inside.delete(handed.request);
    this.onTheWay.delete(handed.ticket);
    handed.isCancelled = isCancelled;
    this.onEnd(handed, timeMs);
    if (handed.ownsStream) this.store.streams.release(handed.routed.stream);
  }
}
