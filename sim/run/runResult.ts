import type { HandOverTable } from '../facts/handOverTable.js';
import type { PoolRun } from '../facts/poolRun.js';
import type { PoolTimeline } from '../facts/poolTimeline.js';
import type { RequestTable } from '../facts/requestTable.js';
import type { SessionTable, TurnRecord, TurnTable } from '../facts/turnTable.js';
import type { LogHistogram } from '../statistics/logHistogram.js';

/** Facts of one simulated run (one replication). Everything printed later is computed from these. */
export interface RunResult {
  readonly scenarioName: string;
  readonly seed: string;
  /** 0, 1, 2 …: the random substream. */
  readonly replication: number;
  readonly ending: 'horizon' | 'drained' | 'eventLimit' | 'clockLimit';
  /** Simulated time at the end. */
  readonly endMs: number;
  readonly events: number;
  /** 16 hex digits: a hash of the facts of all requests, and of turns, sessions and resources where there are any. */
  readonly fingerprint: string;
  /** Requests that arrived; the first `requests.count` of them have a row. */
  readonly arrived: number;
  readonly requests: RequestTable;
  /** A row per row of `requests`, where pools hand requests over; `replica` and queue times there are then those of the prefill side. */
  readonly handOvers?: HandOverTable;
  /** Measures of the requests that have no row, by population; empty while all have one. */
  readonly overflow: readonly OverflowMeasures[];
  readonly populationNames: readonly string[];
  readonly pools: readonly PoolRun[];
  readonly gateway: PoolRun | undefined;
  /** Clients that wait to send a request again (`waiting`), where some pool tells them to. */
  readonly retrying?: PoolTimeline;
  /** Of the sessions, when the scenario has any. */
  readonly agents?: AgentsRun;
}

/** What sessions and humans did. */
export interface AgentsRun {
  /** Of the session populations: turns and sessions hold indices into these. */
  readonly populationNames: readonly string[];
  readonly turns: TurnTable;
  readonly sessions: SessionTable;
  /** Steps of the slowest turns, slowest first. */
  readonly records: readonly TurnRecord[];
  readonly resources: readonly ResourceRun[];
}

/** What one resource beside the engines did. */
export interface ResourceRun {
  readonly name: string;
  readonly kind: 'tools' | 'store' | 'model' | 'sandboxes';
  readonly slots: number;
  readonly timeline: PoolTimeline;
  readonly completed: number;
  readonly rejected: number;
  /** Gave up waiting for a slot. */
  readonly abandoned: number;
  /** Mean wait of the jobs that got a slot. */
  readonly meanQueueMs: number;
  /** Of sandboxes: share of starts that were not warm; 0 for others. */
  readonly coldStartShare: number;
}

/** Completed requests of a population that have no row. */
export interface OverflowMeasures {
  readonly population: number;
  /** When the first of them reached the router. */
  fromMs: number;
  completed: number;
  /** Those that completed by the horizon, and their tokens. */
  inTime: number;
  promptTokens: number;
  outputTokens: number;
  readonly ttftMs: LogHistogram;
  readonly clientTtftMs: LogHistogram;
  readonly tpotMs: LogHistogram;
  readonly e2eMs: LogHistogram;
  readonly queueMs: LogHistogram;
}
