/** Makes the requests of one population, one after the other. */
export interface RequestMaker {
  /** When the next request leaves its client, Infinity when no more come; each call moves on. */
  nextMs(): number;
  /** Of the request made last: its sizes, its context and its family of prefixes. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Token stream of its context, of which the caller owns a reference, or `privateContext`. */
  readonly stream: number;
  readonly affinityKey: number;
  /** Makes the request that `nextMs` announced, the `ordinal`-th (from 0) of the population. */
  make(ordinal: number): void;
}
