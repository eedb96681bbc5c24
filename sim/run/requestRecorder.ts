import type { HandOverTable } from '../facts/handOverTable.js';
import { Outcome, type RequestTable } from '../facts/requestTable.js';
import { Fingerprint } from '../kernel/fingerprint.js';
import { growColumns } from '../kernel/growColumns.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import { HandOverColumns } from './handOverColumns.js';
import type { OverflowMeasures } from './runResult.js';

const initialRows = 4096;
/** Rows that get the values of a new request at once. */
const readyRows = 4096;
/** An expected count above this is met by growing: it may be far off. Rows that are never written take no memory. */
const mostExpectedRows = 4194304;

/**
 * The facts of all requests, one row each, up to a limit; later requests borrow a row while they are
 * inside and leave only their measures in histograms. So memory is bounded and the first rows are exact.
 */
export class RequestRecorder {
  population = new Int32Array(initialRows);
  pool = new Int32Array(initialRows);
  replica = new Int32Array(initialRows);
  outcome = new Uint8Array(initialRows);
  promptTokens = new Int32Array(initialRows);
  outputTokens = new Int32Array(initialRows);
  hitTokens = new Int32Array(initialRows);
  preemptions = new Int32Array(initialRows);
  sentMs = new Float64Array(initialRows);
  arrivalMs = new Float64Array(initialRows);
  scheduledMs = new Float64Array(initialRows);
  firstTokenMs = new Float64Array(initialRows);
  finishMs = new Float64Array(initialRows);
  clientFirstTokenMs = new Float64Array(initialRows);
  kvLoadMs = new Float64Array(initialRows);
  headOfLineMs = new Float64Array(initialRows);
  slotsMs = new Float64Array(initialRows);
  kvBlocksMs = new Float64Array(initialRows);
  tokenBudgetMs = new Float64Array(initialRows);
  iterationMs = new Float64Array(initialRows);
  /** Number of the request in its population, from 0: names its draws. */
  ordinal = new Int32Array(initialRows);
  /** Token stream of its context. */
  stream = new Int32Array(initialRows);
  affinityKey = new Int32Array(initialRows);
  /** One-way delay between client and gateway. */
  networkMs = new Float64Array(initialRows);
  /** Times that it was sent again after a 429, and from when it was first sent until the last time. */
  retries = new Int32Array(initialRows);
  retryMs = new Float64Array(initialRows);
  /** Some pool has memory tiers. */
  loadsKv = false;
  /** Requests so far. */
  arrived = 0;
  /** Of requests that are handed over; absent in a run without hand-overs. */
  readonly handOver: HandOverColumns | undefined;
  private readonly maxRecords: number;
  private readonly horizonMs: number;
  readonly tellsRetries: boolean;
  private readonly overflowMeasures: OverflowMeasures[] = [];
  private readonly freeRows: number[] = [];
  private readonly overflowFacts = new Fingerprint();
  private capacity = initialRows;
  private rows = 0;
  /** Rows up to here have the values of a new request. */
  private ready = 0;

  /**
   * @param options.expectedRequests room is made for so many at once, which saves copies; more may come
   * @param options.horizonMs what ends later is in no rate; default: nothing does
   * @param options.handsOver whether some requests go through two pools
   * @param options.tellsRetries whether the table has the columns of what was sent again
   */
  constructor(
    maxRecords: number,
    options: {
      readonly horizonMs?: number;
      readonly expectedRequests?: number;
      readonly tellsRetries?: boolean;
      readonly handsOver?: boolean;
    } = {},
  ) {
    this.maxRecords = maxRecords;
    this.horizonMs = options.horizonMs ?? Number.POSITIVE_INFINITY;
    this.tellsRetries = options.tellsRetries ?? false;
    if (options.handsOver) this.handOver = new HandOverColumns();
    const expectedRows = Math.min(options.expectedRequests ?? 0, maxRecords, mostExpectedRows);
    if (expectedRows > initialRows) this.growTo(expectedRows);
  }

  /** Adds a request that leaves its client now; returns its row. */
  add(
    population: number,
    ordinal: number,
    promptTokens: number,
    outputTokens: number,
    sentMs: number,
  ): number {
    const row = this.arrived < this.maxRecords ? this.newRow() : this.borrowedRow();
    this.arrived++;
    this.population[row] = population;
    this.ordinal[row] = ordinal;
    this.promptTokens[row] = promptTokens;
    this.outputTokens[row] = outputTokens;
    this.sentMs[row] = sentMs;
    this.handOver?.clear(row);
    return row;
  }

  /** The request has ended, all its facts are set. A borrowed row is given back. */
  end(row: number, outcome: Outcome): void {
    this.outcome[row] = outcome;
    if (row < this.maxRecords) return;
    addFacts(this.overflowFacts, this, row);
    if (outcome === Outcome.completed) this.addMeasures(row);
    this.freeRows.push(row);
  }

  get overflow(): readonly OverflowMeasures[] {
    return this.overflowMeasures;
  }

  /** The kept rows. */
  table(): RequestTable {
    const count = Math.min(this.rows, this.maxRecords);
    return {
      count,
      population: this.population.subarray(0, count),
      pool: this.pool.subarray(0, count),
      replica: this.replica.subarray(0, count),
      outcome: this.outcome.subarray(0, count),
      promptTokens: this.promptTokens.subarray(0, count),
      outputTokens: this.outputTokens.subarray(0, count),
      hitTokens: this.hitTokens.subarray(0, count),
      preemptions: this.preemptions.subarray(0, count),
      sentMs: this.sentMs.subarray(0, count),
      arrivalMs: this.arrivalMs.subarray(0, count),
      scheduledMs: this.scheduledMs.subarray(0, count),
      firstTokenMs: this.firstTokenMs.subarray(0, count),
      finishMs: this.finishMs.subarray(0, count),
      clientFirstTokenMs: this.clientFirstTokenMs.subarray(0, count),
      ...(this.loadsKv && { kvLoadMs: this.kvLoadMs.subarray(0, count) }),
      headOfLineMs: this.headOfLineMs.subarray(0, count),
      slotsMs: this.slotsMs.subarray(0, count),
      kvBlocksMs: this.kvBlocksMs.subarray(0, count),
      tokenBudgetMs: this.tokenBudgetMs.subarray(0, count),
      iterationMs: this.iterationMs.subarray(0, count),
      ...(this.tellsRetries && {
        retries: this.retries.subarray(0, count),
        retryMs: this.retryMs.subarray(0, count),
      }),
    };
  }

  /** Of the kept rows. */
  handOverTable(): HandOverTable | undefined {
    return this.handOver?.table(Math.min(this.rows, this.maxRecords));
  }

  /** 16 hex digits over the facts of all requests: kept ones in order of arrival, the others in order of their end. */
  fingerprint(): string {
    const all = new Fingerprint();
    const count = Math.min(this.rows, this.maxRecords);
    for (let row = 0; row < count; row++) addFacts(all, this, row);
    for (const digit of this.overflowFacts.digest()) all.addInteger(digit.charCodeAt(0));
    return all.digest();
  }

  private newRow(): number {
    const row = this.rows++;
    if (row === this.ready) this.makeReady();
    return row;
  }

  private borrowedRow(): number {
    const row = this.freeRows.pop();
    if (row === undefined) return this.newRow();
    this.outcome[row] = Outcome.open;
    this.pool[row] = -1;
    this.replica[row] = -1;
    this.hitTokens[row] = 0;
    this.preemptions[row] = 0;
    this.arrivalMs[row] = Number.NaN;
    this.scheduledMs[row] = Number.NaN;
    this.firstTokenMs[row] = Number.NaN;
    this.finishMs[row] = Number.NaN;
    this.clientFirstTokenMs[row] = Number.NaN;
    this.kvLoadMs[row] = 0;
    this.headOfLineMs[row] = 0;
    this.slotsMs[row] = 0;
    this.kvBlocksMs[row] = 0;
    this.tokenBudgetMs[row] = 0;
    this.iterationMs[row] = 0;
    this.retries[row] = 0;
    this.retryMs[row] = 0;
    return row;
  }

  /** Gives further rows the values of a request that nothing has happened to, many at once. The other columns begin as zero. */
  private makeReady(): void {
    const start = this.ready;
    if (start === this.capacity) this.growTo(2 * start);
    const end = Math.min(start + readyRows, this.capacity);
    this.pool.fill(-1, start, end);
    this.replica.fill(-1, start, end);
    this.arrivalMs.fill(Number.NaN, start, end);
    this.scheduledMs.fill(Number.NaN, start, end);
    this.firstTokenMs.fill(Number.NaN, start, end);
    this.finishMs.fill(Number.NaN, start, end);
    this.clientFirstTokenMs.fill(Number.NaN, start, end);
    this.ready = end;
  }

  private addMeasures(row: number): void {
    const population = this.population[row]!;
    let measures = this.overflowMeasures.find((one) => one.population === population);
    if (measures === undefined) {
      measures = newOverflowMeasures(population, this.arrivalMs[row]!);
      this.overflowMeasures.push(measures);
    }
    const arrivalMs = this.arrivalMs[row]!;
    const ttftMs = this.firstTokenMs[row]! - arrivalMs;
    const e2eMs = this.finishMs[row]! - arrivalMs;
    const outputTokens = this.outputTokens[row]!;
    measures.fromMs = Math.min(measures.fromMs, arrivalMs);
    measures.completed++;
    if (this.finishMs[row]! <= this.horizonMs) {
      measures.inTime++;
      measures.promptTokens += this.promptTokens[row]!;
      measures.outputTokens += outputTokens;
    }
    measures.ttftMs.add(ttftMs);
    measures.clientTtftMs.add(this.clientFirstTokenMs[row]! - this.sentMs[row]!);
    measures.e2eMs.add(e2eMs);
    if (outputTokens > 1) measures.tpotMs.add((e2eMs - ttftMs) / (outputTokens - 1));
    measures.queueMs.add(
      this.headOfLineMs[row]! +
        this.slotsMs[row]! +
        this.kvBlocksMs[row]! +
        this.tokenBudgetMs[row]! +
        this.iterationMs[row]!,
    );
  }

  private growTo(capacity: number): void {
    this.capacity = capacity;
    growColumns(this, capacity);
  }
}

/** What the simulated world did to one request. */
function addFacts(fingerprint: Fingerprint, rows: RequestRecorder, row: number): void {
  fingerprint.addInteger(rows.outcome[row]!);
  fingerprint.addInteger(rows.pool[row]!);
  fingerprint.addInteger(rows.replica[row]!);
  fingerprint.addInteger(rows.preemptions[row]!);
  fingerprint.addNumber(rows.arrivalMs[row]!);
  fingerprint.addNumber(rows.scheduledMs[row]!);
  fingerprint.addNumber(rows.firstTokenMs[row]!);
  fingerprint.addNumber(rows.finishMs[row]!);
}

function newOverflowMeasures(population: number, fromMs: number): OverflowMeasures {
  return {
    population,
    fromMs,
    completed: 0,
    inTime: 0,
    promptTokens: 0,
    outputTokens: 0,
    ttftMs: new LogHistogram(),
    clientTtftMs: new LogHistogram(),
    tpotMs: new LogHistogram(),
    e2eMs: new LogHistogram(),
    queueMs: new LogHistogram(),
  };
}
