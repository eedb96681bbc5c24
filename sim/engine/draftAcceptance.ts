/** Speculative decoding: what a replica must know of it. */
export interface Drafting {
  /** Tokens drafted for every decode row in every iteration. */
  readonly draftTokens: number;
  /** Probability that the first draft, the first two … all of them are accepted: in [0, 1], never rising, one per draft. */
  readonly acceptedShares: readonly number[];
}

const twoTo32 = 4294967296;

/** A whole number in [0, 2^32) for a decode iteration of a sequence; `round` counts them from 0 over its whole life. */
export function draftDraw(seed: number, round: number): number {
  let bits = Math.imul(seed ^ Math.imul(round + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 13), 0x27d4eb2f);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * How many tokens a decode iteration gives a sequence: one, and the leading drafts that are accepted. A hash
 * of the sequence's seed and the number of the iteration decides, so it depends on nothing that happens.
 */
export class DraftAcceptance {
  private readonly thresholds: readonly number[];

  constructor({ acceptedShares }: Drafting) {
    this.thresholds = acceptedShares.map((share) => share * twoTo32);
  }

  tokensOf(seed: number, round: number): number {
    const draw = draftDraw(seed, round);
    const thresholds = this.thresholds;
    let accepted = 0;
    while (accepted < thresholds.length && draw < thresholds[accepted]!) accepted++;
    return 1 + accepted;
  }
}
