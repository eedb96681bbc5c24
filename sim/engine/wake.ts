/** What a change at a replica (an arrival, a cancelled sequence, KV received, other blocks) asks of the calendar. */
export const enum Wake {
  nothing = 0,
  /** `nextEndMs` moved: the running jump was cut. */
  endMoved = 1,
  /** The replica was idle: form a batch now, after all arrivals of this instant. */
  formNow = 2,
}
