import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { measuredData } from '../measuredData.js';
import { judge, verdictLine } from './oracle.js';
import { longQueueOracles, queueOracles } from './queueOracles.js';

describe('a station simulates what queueing theory knows exactly', () => {
  test.each(queueOracles)('$title', (oracle) => {
    const verdicts = judge(oracle, { seed: '1', replications: 30 });
    expect(verdicts.filter(({ isMet }) => !isMet).map(verdictLine)).toEqual([]);
  });

  test('and a wrong answer is found out: M/M/1 is not M/M/1 with 5% more work', () => {
    const mm1 = queueOracles.find(({ key }) => key === 'mm1_rho0.8')!;
    const text = mm1.text.replace('mean: 1s', 'mean: 1.05s');
    expect(text).not.toBe(mm1.text);
    const verdicts = judge({ ...mm1, text, arrivals: 12_000 }, { seed: '1', replications: 30 });
    // Exact at 84% load: 0.84 · 1.05 / 0.16 = 5.51 instead of 4.
    const [wait] = verdicts;
    expect(wait!.isMet).toBe(false);
    expect(wait!.mean).toBeCloseTo(5.51, 0);
    expect(wait!.standardErrors).toBeGreaterThan(5);
  });
});

test('the figures above are those of the table of exact values', (context) => {
  const path = measuredData(context, '../oracles/oracles.json');
  const table = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, number>>;
  for (const { key, expected } of [...queueOracles, ...longQueueOracles]) {
    for (const { field, exact } of expected) {
      if (field !== undefined) expect(exact).toBeCloseTo(table[key!]![field]!, 9);
    }
  }
});
