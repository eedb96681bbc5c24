/**
 * The decoding sequences of one replica, as the scheduler sees them. A form is one forming of a batch, in
 * which every row is scheduled once.
 */
export interface DecodingRows {
  /** Batches formed so far on this replica. */
  readonly forms: number;
  readonly count: number;
  /** Tokens that a batch computes for each row. */
  readonly tokensPerRow: number;
  /** Sum of the rows' contexts in the last form; and with each capped at the attention window. */
  readonly contextTokens: number;
  readonly windowedTokens: number;
  /** Rows that were inside the window before the last form; 0 where growth is not told by their number. */
  readonly growingCount: number;
  /** The row that finishes first; only with `count` > 0. Ties go to the one admitted first. */
  readonly firstToFinish: number;
  /** Further forms until it is scheduled for the last time; only with `count` > 0. At most 0: it was in the last one. */
  readonly formsUntilFinish: number;
  /** Blocks that the next form allocates. */
  readonly nextBlocks: number;
  add(sequence: number, computed: number, tokensLeft: number): void;
  /** Takes a row out and returns its computed tokens. */
  remove(sequence: number): number;
  advance(formCount: number): void;
  /** Further forms until the growth of the run changes. */
  formsInsideWindow(): number;
  /** Blocks that a row allocates in the next form. */
  nextBlocksOf(sequence: number): number;
  /** Blocks that the rows allocate in the next `formCount` forms of the run. */
  blocksFor(formCount: number): number;
  /** Sum over the next `formCount` forms of the run of the contexts of all rows. */
  contextTokensOver(formCount: number): number;
  /** The most further forms, at most `formCount`, whose blocks fit in `availableBlocks`. */
  formsThatFit(formCount: number, availableBlocks: number): number;
  /** Blocks that a sequence with so many computed tokens gives back when it leaves the batches. */
  heldBlocks(sequence: number, computed: number): number;
}
