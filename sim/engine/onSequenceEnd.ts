/**
 * Called when a sequence has all its tokens, or was cancelled and leaves; its row is recycled right after,
 * unless its state is `held`: then it keeps its blocks, and its row, until `releaseHeld`. The batch that is formed
 * next may be planned already, so whoever is called sends and cancels by events, never at once.
 */
export type OnSequenceEnd = (sequence: number, timeMs: number, replica: number) => void;
