/** One batch of a run of one replica, real or simulated. Requests are numbered in the order in which they were sent. */
export interface RunBatch {
  readonly endMs: number;
  readonly durationMs: number;
  /** Requests that decode, in the order in which they joined, and which of its tokens each gets; 0 is that of the prompt. */
  readonly rows: readonly BatchRow[];
  /** Requests whose whole prompts are computed. */
  readonly prompts: readonly number[];
  readonly promptTokens: number;
  readonly contextTokens: number;
}

export interface BatchRow {
  readonly request: number;
  readonly token: number;
}

/** Requests that decode between two batches. */
export class DecodingRequests {
  private readonly decoding: {
    request: number;
    token: number;
    contextTokens: number;
    last: number;
  }[] = [];

  get count(): number {
    return this.decoding.length;
  }

  get contextTokens(): number {
    return this.decoding.reduce((sum, row) => sum + row.contextTokens, 0);
  }

  /** What the next batch decodes. */
  get rows(): BatchRow[] {
    return this.decoding.map(({ request, token }) => ({ request, token }));
  }

  /** Its prompt has been computed. */
  join(request: number, promptTokens: number, outputTokens: number): void {
    if (outputTokens < 2) return;
    this.decoding.push({
      request,
      token: 1,
      contextTokens: promptTokens + 1,
      last: outputTokens - 1,
    });
  }

  /** A batch has ended: every row has one token more, and those that have all leave. Returns who left. */
  step(): number[] {
    const left: number[] = [];
    for (let i = this.decoding.length - 1; i >= 0; i--) {
      const row = this.decoding[i]!;
      row.token++;
      row.contextTokens++;
      if (row.token <= row.last) continue;
      left.push(row.request);
      this.decoding.splice(i, 1);
    }
    return left;
  }
}
