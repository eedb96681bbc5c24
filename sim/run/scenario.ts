import type { ResourceSpec } from '../agents/resourceSpec.js';
import type { Prehistory, SessionPopulation } from '../agents/sessionPopulation.js';
import type { SessionReplayPopulation } from '../agents/sessionReplayPopulation.js';
import type { AdmissionOrder } from '../engine/admissionOrder.js';
import type { Drafting } from '../engine/draftAcceptance.js';
import type { GapRetention } from '../engine/gapRetention.js';
import type { PlacementRule } from '../fleet/placementRule.js';
import type { RouterSpec } from '../fleet/routerSpec.js';
import type { TieringOptions } from '../fleet/tierOptions.js';
import type { Deployment } from '../hardware/deployment.js';
import type { DraftCost } from '../hardware/speculatingCost.js';
import type { Law } from '../laws/law.js';
import type { ArrivalProcess } from '../workload/arrivalProcess.js';
import type { RequestTrace } from '../workload/requestTrace.js';
import type { HandOverSpec } from './handOverSpec.js';

/**
 * One simulated world, as plain data in base units (ms, tokens, bytes, USD per hour): what `simulate` runs.
 * The config layer resolves files into this; populations and pools are sorted by name.
 */
export interface Scenario {
  readonly name: string;
  /** Arrivals stop here. */
  readonly horizonMs: number;
  /** True: the run goes on after the horizon until every request has ended. False: it is cut at the horizon. */
  readonly drain: boolean;
  readonly warmup: Warmup;
  readonly populations: readonly RequestPopulation[];
  readonly gateway: GatewaySpec | undefined;
  readonly pools: readonly PoolSpec[];
  /** Tried in order; the first rule whose conditions hold decides. */
  readonly placement: readonly PlacementRule[];
  readonly limits: RunLimits;
  /** Sessions of agents and humans, and what they use beside the engines. */
  readonly agents?: AgentScenario;
}

export interface AgentScenario {
  /** Sorted by name; numbered after the request populations. */
  readonly populations: readonly (SessionPopulation | SessionReplayPopulation)[];
  readonly resources: readonly ResourceSpec[];
  /** Undefined: sessions start at time 0, on empty caches. Replayed sessions always do. */
  readonly prehistory: Prehistory | undefined;
}

export type Warmup = { readonly kind: 'auto' } | { readonly kind: 'cut'; readonly untilMs: number };

/** What bounds the time and the memory of one replication. Files have defaults for both; here they are given. */
export interface RunLimits {
  /** Events, at least 1; by default 10^9. A run that has as many stops, and says so (`eventLimit`). */
  readonly maxEvents: number;
  /**
   * Requests kept one by one, at least 1; by default 1,000,000. With more of them, quantiles over all come from
   * histograms (buckets below 0.8% wide).
   */
  readonly maxRecords: number;
}

/** A stream of independent requests: a chat or API client. One request is a task with one `infer` step. */
export interface RequestPopulation {
  readonly name: string;
  /** A human waits for the answer. */
  readonly interactive: boolean;
  /** Model role that the requests ask for. */
  readonly role: string;
  readonly source: LawSource | ReplaySource;
  /** One-way delay between client and gateway, each way, drawn per request. */
  readonly networkMs: Law;
  /** Class of its requests, 0 the most urgent; absent: 0. For engines that admit by `priority`. */
  readonly priority?: number;
  /** From arrival at the router; absent: none. For engines that admit by `deadline`. */
  readonly deadlineMs?: number;
}

/** Requests made by laws. */
export interface LawSource {
  readonly kind: 'laws';
  readonly arrivals: ArrivalProcess;
  /** Requests that arrive together at each arrival. */
  readonly batch: number;
  /** Tokens of the prompt after the shared prefix. */
  readonly promptTokens: Law;
  readonly outputTokens: Law;
  readonly sharedPrefix: SharedPrefix | undefined;
}

/** A prefix that all requests with this id begin with (a system prompt). */
export interface SharedPrefix {
  readonly id: string;
  readonly tokens: number;
}

/** Requests read from a recorded trace. */
export interface ReplaySource {
  readonly kind: 'replay';
  readonly trace: RequestTrace;
  /** Arrivals come this many times as fast as recorded. */
  readonly rateFactor: number;
  /** The trace is played this many times, one after the other; copies share no prefixes. */
  readonly copies: number;
}

/** Authenticates, tokenises and forwards: a resource with servers and one queue in front of the router. */
export interface GatewaySpec {
  readonly name: string;
  /** Infinity: never a queue. */
  readonly servers: number;
  /** Server time per request. */
  readonly serviceMs: Law;
  /** Server time per 1,000 prompt tokens, added. */
  readonly perThousandTokensMs: number;
  /** Delay per request that holds no server: connection set-up, API layers. */
  readonly overheadMs: Law;
  /** Requests that may wait; one more is rejected. */
  readonly maxWaiting: number;
  readonly usdPerHour: number | undefined;
}

export type PoolSpec = EnginePoolSpec | StationPoolSpec;

/** Replicas of one model on one kind of hardware, behind a router. */
export interface EnginePoolSpec {
  readonly kind: 'engine';
  readonly name: string;
  /** Model roles that it serves. */
  readonly serves: readonly string[];
  readonly replicas: number;
  readonly deployment: Deployment;
  readonly engine: EngineOptions;
  readonly router: RouterSpec;
  /** Requests that may wait per replica, over the whole pool; one more is rejected (429). Every request waits for the next batch: with 0 one is accepted while nobody waits. */
  readonly maxWaiting: number;
  readonly admission?: AdmissionSpec;
  readonly usdPerReplicaHour: number | undefined;
  /** Memory tiers below the KV blocks; undefined: none. */
  readonly tiering?: TieringOptions;
  /** Its requests go on in another pool when their prompts are computed. */
  readonly handOver?: HandOverSpec;
  /** No prompt is computed here. */
  readonly decodeOnly?: boolean;
  /** Over which the KV of a replica comes and goes, each way; required where KV is handed over. */
  readonly kvBytesPerSec?: number;
}

/** Limits of a pool beside `maxWaiting`, and what those are told whom any of them refuses. */
export interface AdmissionSpec {
  /** A token bucket of requests, or of prompt tokens. */
  readonly rate?: {
    readonly counts: 'requests' | 'tokens';
    readonly perMs: number;
    readonly burst: number;
  };
  /** Prompt tokens per replica that wait for a slot; a request that finds as many, or more, is refused. */
  readonly maxQueueTokens?: number;
  /** Absent: who is refused gives up. */
  readonly retry?: RetrySpec;
}

/** What a client does that was turned away with a retry-after. */
export interface RetrySpec {
  readonly afterMs: number;
  /** It waits up to this share longer, by a uniform draw. */
  readonly jitter: number;
  /** Times that it sends the request at most, the first included; Infinity: until it gets in. */
  readonly attempts: number;
}

/** How the engine of a replica schedules. Defaults of files are those of vLLM 0.19; here all but the optional ones are given. */
export interface EngineOptions {
  /** The next batch is formed while one runs, so host work hides behind device work; a request joins the batch after next. */
  readonly asyncScheduling: boolean;
  /** A request is admitted only when blocks for its whole prompt are free, not just for its first chunk. */
  readonly wholeSequenceAdmission: boolean;
  /** Blocks of earlier contexts are found again. */
  readonly prefixCache: boolean;
  /** Tokens of a KV block: 16, 64 or 128 (any power of two in tests). */
  readonly blockTokens: number;
  /** Sequences in a batch at most, 1 to 65,536. */
  readonly maxSequences: number;
  /** Tokens computed in one iteration at most; at least `maxSequences`. */
  readonly maxBatchTokens: number;
  /** Absent: `fcfs`. */
  readonly order?: AdmissionOrder;
  /** Absent: every decode row gets one token per iteration. */
  readonly speculation?: Speculation;
  /** Above 0. Cached blocks that nobody has referenced for longer are gone; undefined: they stay until evicted. */
  readonly ttlMs?: number;
  /** What becomes of a context between its calls; undefined: it stays until evicted. */
  readonly overGaps?: GapRetention;
}

/** Speculative decoding: every decode row computes 1 + `draftTokens` tokens per iteration. */
export interface Speculation extends Drafting, DraftCost {}

/** Servers behind one first-come first-served queue: a plain queueing station. */
export interface StationPoolSpec {
  readonly kind: 'station';
  readonly name: string;
  readonly serves: readonly string[];
  readonly discipline: 'fcfs';
  readonly servers: number;
  readonly serviceMs: Law;
  /** Time that a server needs before it serves, each time it was idle. Absent: none. */
  readonly setUpMs?: Law;
  /** How long a request waits for the start of its service before it leaves. Absent: for ever. */
  readonly patienceMs?: Law;
  /** Requests that may wait; one more is rejected. Who waits for a server in set-up does not count. */
  readonly maxWaiting: number;
  readonly admission?: AdmissionSpec;
  readonly usdPerServerHour: number | undefined;
}
