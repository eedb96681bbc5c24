import type { Replica } from '../engine/replica.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { PrefillBacklog } from './prefillBacklog.js';
import type { RoutedRequest, Router } from './router.js';

/** What a control plane remembers of a pool of engines to tell how long a request would wait there. */
export class PoolForecast {
  /** From slot to last token of the requests that completed, later ones counting more; 0 before the first. */
  meanServiceMs = 0;
  /** The replica where a request would probably go now. */
  readonly likelyReplica: Router;
  private readonly backlog: PrefillBacklog | undefined;
  private readonly replicas: readonly Replica[];
  private readonly table: SequenceTable;

  constructor(
    replicas: readonly Replica[],
    table: SequenceTable,
    options: {
      readonly likely: Router;
      readonly blockTokens: number;
      /** Only then are prompts in line counted: it takes a look at the cache per request. */
      readonly countsPrompts: boolean;
    },
  ) {
    this.replicas = replicas;
    this.table = table;
    this.likelyReplica = options.likely;
    if (options.countsPrompts)
      this.backlog = new PrefillBacklog(replicas, table, options.blockTokens);
  }

  /** Prompt tokens that a replica has accepted and not computed. */
  backlogTokens(index: number): number {
    return this.backlog?.tokens(index) ?? 0;
  }

  /** How long the request has waited that is first in line at a replica. Preempted sequences in front of it had their turn. */
  lineAgeMs(index: number, timeMs: number): number {
    const { scheduledMs, arrivalMs, next } = this.table;
    let first = this.replicas[index]!.former.waiting.first;
    while (first >= 0 && !Number.isNaN(scheduledMs[first]!)) first = next[first]!;
    return first < 0 ? 0 : timeMs - arrivalMs[first]!;
  }

  noteArrival(index: number, routed: RoutedRequest, timeMs: number): void {
    this.backlog?.noteArrival(index, routed, timeMs);
  }

  /** The line of a replica has changed its length. */
  noteLine(index: number, before: number, now: number): void {
    this.backlog?.noteLine(index, before, now);
  }

  /** A request completed. */
  noteService(serviceMs: number): void {
    const weight = this.meanServiceMs === 0 ? 1 : 1 / 16;
    this.meanServiceMs += weight * (serviceMs - this.meanServiceMs);
  }
}
