/** What placement expects a call to take in a pool, and to cost: by what a control plane can know. */
export interface StepEstimate {
  /** Until the call is given a slot. */
  queueMs: number;
  /** Computing what of its prompt the pool has not cached: all of it where the context has never been. */
  prefillMs: number;
  /** Its further output tokens, as many as the step declares on average. */
  decodeMs: number;
  /** Price of its share of the hardware; Infinity without a price. */
  usd: number;
}
