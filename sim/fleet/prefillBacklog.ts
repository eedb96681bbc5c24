import type { Replica } from '../engine/replica.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import type { RoutedRequest } from './router.js';
import { sparedTokens } from './sparedTokens.js';

/**
 * Prompt tokens that the replicas of a pool have accepted and not begun to compute, cached ones apart. A sum per
 * replica: who is admitted takes out the mean of those that waited, so it is exact when the line is empty,
 * and costs nothing per request in line.
 */
export class PrefillBacklog {
  private readonly replicas: readonly Replica[];
  private readonly table: SequenceTable;
  private readonly blockTokens: number;
  private readonly waitingTokens: Float64Array;

  constructor(replicas: readonly Replica[], table: SequenceTable, blockTokens: number) {
    this.replicas = replicas;
    this.table = table;
    this.blockTokens = blockTokens;
    this.waitingTokens = new Float64Array(replicas.length);
  }

  /** A request joins the line of a replica. */
  noteArrival(index: number, { stream, promptTokens }: RoutedRequest, timeMs: number): void {
    const replica = this.replicas[index]!;
    const spared = sparedTokens(replica, stream, promptTokens, this.blockTokens, timeMs);
    this.waitingTokens[index]! += promptTokens - spared;
  }

  /** The line of a replica has changed its length. */
  noteLine(index: number, before: number, now: number): void {
    if (now < before) this.waitingTokens[index]! *= now / before;
  }

  /** Tokens of the line, and what is left of the prompt that is being computed. */
  tokens(index: number): number {
    const { partial } = this.replicas[index]!.former.running;
    const waiting = this.waitingTokens[index]!;
    if (partial < 0) return waiting;
    const { promptTokens, generated, computed } = this.table;
    return waiting + promptTokens[partial]! + generated[partial]! - computed[partial]!;
  }
}
