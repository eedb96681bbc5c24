import { countUpTo, numberSchema } from '../config/numberSchema.js';

const maxTokens = 100_000_000;
const tokens = 'a number of tokens';

/** What the numbers of measurements must be; a unit is in the name of their column. */
export const measuredNumbers = {
  accelerators: countUpTo(1024, 'a number of accelerators'),
  clients: countUpTo(100_000, 'a number of clients'),
  tokens: countUpTo(maxTokens, tokens),
  tokensOrNone: numberSchema({ name: tokens, min: 0, max: maxTokens, whole: true }),
  sequencesOrNone: numberSchema({ name: 'a number of sequences', min: 0, max: 1e5, whole: true }),
  /** Of all sequences of a batch together. */
  contextsOrNone: numberSchema({ name: tokens, min: 0, max: 1e12, whole: true }),
  duration: numberSchema({ name: 'a time', min: 0, aboveMin: true, max: 1e10 }),
  durationOrNone: numberSchema({ name: 'a time', min: 0, max: 1e10 }),
  /** On any clock, with any origin. */
  instant: numberSchema({ name: 'a time', min: -1e19, max: 1e19 }),
  share: numberSchema({ name: 'a share', min: 0, aboveMin: true, max: 1 }),
} as const;
