import { expect, test } from 'vitest';
import type { Law } from '../../sim/laws/law.js';
import { lawMaximum } from '../../src/config/lawMaximum.js';

test.each<[Law, number]>([
  [{ kind: 'constant', value: 3 }, 3],
  [{ kind: 'constant', value: 3.5, plus: 1, round: 'down' }, 4],
  [{ kind: 'uniform', min: 1, max: 4 }, 4],
  [{ kind: 'zipf', count: 9, exponent: 1 }, 9],
  [{ kind: 'lognormal', median: 2, sigma: 1 }, Number.POSITIVE_INFINITY],
  [{ kind: 'lognormal', median: 2, sigma: 1, atMost: 20 }, 20],
  [{ kind: 'lognormal', median: 2, sigma: 0 }, 2],
  [{ kind: 'constant', value: 0, atLeast: 1 }, 1],
  // Values of weight 0 are never drawn.
  [{ kind: 'empirical', values: [1, 5, 9], weights: [1, 1, 0] }, 5],
  [
    {
      kind: 'mixture',
      parts: [
        { weight: 1, law: { kind: 'constant', value: 2 } },
        { weight: 0, law: { kind: 'exponential', mean: 1 } },
      ],
      plus: 1,
    },
    3,
  ],
])('the largest draw of %j is %d', (law, largest) => {
  expect(lawMaximum(law)).toBe(largest);
});
