/**
 * Called when a sequence has all its tokens, or was cancelled and leaves; its row is recycled right after,
 * unless its state is `held`: then it keeps its blocks, and its row, until `releaseHeld`.
 */
export type OnSequenceEnd = (sequence: number, timeMs: number, replica: number) => void;
