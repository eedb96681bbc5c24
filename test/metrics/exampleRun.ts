import type { PoolRun } from '../../sim/facts/poolRun.js';
import type { PoolTimeline } from '../../sim/facts/poolTimeline.js';
import { Outcome, type RequestTable } from '../../sim/facts/requestTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { LogHistogram } from '../../sim/statistics/logHistogram.js';

/** One request of an example, with what matters to the test; the rest has plain defaults. */
export interface ExampleRequest {
  readonly arrivalMs: number;
  readonly firstTokenMs?: number;
  readonly finishMs?: number;
  readonly outcome?: Outcome;
  readonly population?: number;
  readonly pool?: number;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  readonly hitTokens?: number;
  /** Before the router, and back to the client. */
  readonly networkMs?: number;
  readonly kvBlocksMs?: number;
  readonly headOfLineMs?: number;
}

/** A run written by hand: requests as given, one pool of one replica unless told otherwise. */
export function exampleRun(
  requests: readonly ExampleRequest[],
  changes: Partial<RunResult> = {},
): RunResult {
  return {
    scenarioName: 'example',
    seed: '1',
    replication: 0,
    ending: 'drained',
    endMs: 10_000,
    events: 42,
    fingerprint: '0123456789abcdef',
    arrived: requests.length,
    requests: exampleTable(requests),
    overflow: [],
    populationNames: ['chat'],
    pools: [examplePool()],
    gateway: undefined,
    ...changes,
  };
}

/** A table of these requests, in columns. */
export function exampleTable(requests: readonly ExampleRequest[]): RequestTable {
  const floats = (value: (request: ExampleRequest) => number) => Float64Array.from(requests, value);
  const integers = (value: (request: ExampleRequest) => number) => Int32Array.from(requests, value);
  const outcomeOf = ({ outcome, finishMs }: ExampleRequest) =>
    outcome ?? (finishMs === undefined ? Outcome.open : Outcome.completed);
  const none = Number.NaN;
  return {
    count: requests.length,
    population: integers((request) => request.population ?? 0),
    pool: integers((request) => request.pool ?? 0),
    replica: integers(() => 0),
    outcome: Uint8Array.from(requests, outcomeOf),
    promptTokens: integers((request) => request.promptTokens ?? 100),
    outputTokens: integers((request) => request.outputTokens ?? 11),
    hitTokens: integers((request) => request.hitTokens ?? 0),
    preemptions: integers(() => 0),
    sentMs: floats((request) => request.arrivalMs - (request.networkMs ?? 0)),
    arrivalMs: floats((request) => request.arrivalMs),
    scheduledMs: floats((request) => request.arrivalMs),
    firstTokenMs: floats((request) => request.firstTokenMs ?? none),
    finishMs: floats((request) => request.finishMs ?? none),
    clientFirstTokenMs: floats(
      (request) => (request.firstTokenMs ?? none) + (request.networkMs ?? 0),
    ),
    headOfLineMs: floats((request) => request.headOfLineMs ?? 0),
    slotsMs: floats(() => 0),
    kvBlocksMs: floats((request) => request.kvBlocksMs ?? 0),
    tokenBudgetMs: floats(() => 0),
    iterationMs: floats(() => 0),
  };
}

/** An engine pool of one replica with 100 KV blocks of 16 tokens, idle for 10 s in bins of 1 s. */
export function examplePool(changes: Partial<PoolRun> = {}): PoolRun {
  return {
    name: 'gpu',
    kind: 'engine',
    units: 1,
    timeline: exampleTimeline({}),
    completed: 0,
    rejected: 0,
    preemptions: 0,
    iterations: 0,
    computedTokens: 0,
    promptTokens: 0,
    hitTokens: 0,
    evictedBlocks: 0,
    draftTokens: 0,
    acceptedDrafts: 0,
    kvBlocksPerReplica: 100,
    blockTokens: 16,
    itlMs: new LogHistogram(),
    ...changes,
  };
}

/** Ten bins of 1 s; levels that are not given are 0. */
export function exampleTimeline(
  levels: Partial<Record<Exclude<keyof PoolTimeline, 'binMs' | 'binCount'>, readonly number[]>>,
): PoolTimeline {
  const column = (name: keyof typeof levels) =>
    Float64Array.from({ length: 10 }, (_, bin) => levels[name]?.[bin] ?? 0);
  return {
    binMs: 1000,
    binCount: 10,
    busyUnits: column('busyUnits'),
    running: column('running'),
    waiting: column('waiting'),
    usedKvBlocks: column('usedKvBlocks'),
    cachedKvBlocks: column('cachedKvBlocks'),
    flops: column('flops'),
    memoryBytes: column('memoryBytes'),
  };
}
