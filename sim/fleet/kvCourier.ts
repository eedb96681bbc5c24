/** What moves KV between pools; see `HandOver`. */
export interface KvCourier {
  /** A prompt is computed: the sequence is held until `releaseHeld`. */
  onHeld(sequence: number, timeMs: number): void;
  /** Room for the KV of a sequence is reserved: the rest of it may come. */
  onReserved(sequence: number, timeMs: number): void;
  /** That room was taken away again. */
  onWithdrawn(sequence: number): void;
  /** A preempted sequence has left, at the end of the iteration that runs, to have its KV computed elsewhere. */
  onReturned(sequence: number, timeMs: number): void;
}
