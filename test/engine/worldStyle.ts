import type { Dice } from './dice.js';

export const worldKinds = ['plain', 'tight', 'twins', 'forks'] as const;
export type WorldKind = (typeof worldKinds)[number];

/** What kind of world to make: sizes that decide which corners of the engine it reaches. */
export interface WorldStyle {
  /**
   * `plain`: anything. `tight`: bursts of short requests of equal length on little memory, so that
   * sequences are preempted, also with their last token in flight. `twins`: groups of equal requests at
   * one instant on several replicas, so that replicas stay tied. `forks`: few long outputs on memory that
   * just holds one, and requests that fork from them while they are written.
   */
  readonly kind: WorldKind;
  readonly blockTokens: number;
  readonly maxSequences: number;
  readonly maxBatchTokens: number;
  readonly replicas: number;
  readonly maxTasks: number;
  /** New prompt tokens of a turn. */
  readonly maxFreshTokens: number;
  readonly maxOutputTokens: number;
  /** Share of the outputs that have one or two tokens only. */
  readonly shortOutputShare: number;
  readonly maxTurns: number;
  /** Share of the lengths that are whole blocks. */
  readonly wholeBlockShare: number;
  /** Share of the follow-ups that come at the instant their predecessor ends. */
  readonly zeroGapShare: number;
  /** Share of the sessions that start together with the one before. */
  readonly burstShare: number;
  /** Typical time between sessions. */
  readonly gapMs: number;
}

export function randomStyle(dice: Dice): WorldStyle {
  const styles = [plainStyle, plainStyle, plainStyle, tightStyle, tightStyle, twinStyle, forkStyle];
  return dice.pick(styles)(dice);
}

function plainStyle(dice: Dice): WorldStyle {
  const maxSequences = dice.pick([1, 2, 3, 4, 8, 32]);
  return {
    kind: 'plain',
    blockTokens: dice.pick([4, 16, 16, 16, 64, 128]),
    maxSequences,
    maxBatchTokens: Math.max(maxSequences, dice.pick([maxSequences, 8, 16, 64, 256, 2048])),
    replicas: dice.pick([1, 1, 1, 2, 3]),
    maxTasks: dice.int(1, 40),
    maxFreshTokens: dice.pick([1, 10, 50, 300, 1500]),
    maxOutputTokens: dice.pick([1, 3, 20, 100, 400]),
    shortOutputShare: 0,
    maxTurns: 6,
    wholeBlockShare: dice.chance(0.3) ? 0.7 : 0,
    zeroGapShare: 0.15,
    burstShare: dice.uniform() * 0.5,
    gapMs: dice.spread(1, 12),
  };
}

function tightStyle(dice: Dice): WorldStyle {
  const maxSequences = dice.pick([3, 5, 8, 16, 32]);
  return {
    kind: 'tight',
    blockTokens: dice.pick([4, 4, 16]),
    maxSequences,
    maxBatchTokens: Math.max(maxSequences, dice.pick([maxSequences + 1, 32, 64, 256])),
    replicas: dice.pick([1, 1, 1, 2]),
    maxTasks: dice.int(4, 60),
    maxFreshTokens: dice.pick([5, 20, 60]),
    maxOutputTokens: dice.pick([2, 5, 10, 40]),
    shortOutputShare: 0.4,
    maxTurns: 3,
    wholeBlockShare: dice.chance(0.3) ? 0.7 : 0,
    zeroGapShare: 0.5,
    burstShare: 0.7,
    gapMs: dice.spread(1, 8),
  };
}

function twinStyle(dice: Dice): WorldStyle {
  const maxSequences = dice.pick([2, 4, 8]);
  return {
    kind: 'twins',
    blockTokens: dice.pick([4, 16]),
    maxSequences,
    maxBatchTokens: dice.pick([64, 512]),
    replicas: dice.pick([2, 2, 3]),
    maxTasks: dice.int(6, 40),
    maxFreshTokens: dice.pick([5, 20, 60]),
    maxOutputTokens: dice.pick([2, 5, 20]),
    shortOutputShare: 0,
    maxTurns: 4,
    wholeBlockShare: 0.3,
    zeroGapShare: 0.85,
    burstShare: 0.6,
    gapMs: dice.spread(1, 8),
  };
}

function forkStyle(dice: Dice): WorldStyle {
  const maxSequences = dice.pick([2, 4, 8]);
  return {
    kind: 'forks',
    blockTokens: dice.pick([4, 16]),
    maxSequences,
    maxBatchTokens: Math.max(maxSequences, dice.pick([16, 64, 256])),
    replicas: dice.pick([1, 1, 2]),
    maxTasks: dice.int(1, 4),
    maxFreshTokens: dice.pick([5, 60]),
    maxOutputTokens: dice.pick([60, 200, 400]),
    shortOutputShare: 0,
    maxTurns: 1,
    wholeBlockShare: dice.chance(0.3) ? 0.7 : 0,
    zeroGapShare: 0.3,
    burstShare: 0.3,
    gapMs: dice.spread(10, 8),
  };
}
