/** Results that were there before: who changes them has to mean it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenExperiments, goldenRun } from './goldenRun.js';

test.each(goldenExperiments)('%s comes to what it came to', (experiment) => {
  const kept = readFileSync(`test/golden/${experiment}.txt`, 'utf8').split('\n');
  const now = goldenRun(experiment).split('\n');
  const changed = now.flatMap((line, i) => (line === kept[i] ? [] : [`${kept[i]}  →  ${line}`]));
  expect(
    changed.slice(0, 10),
    'after a change that is meant to change results: npm run golden, and say in the commit what moved',
  ).toEqual([]);
  expect(now.length).toBe(kept.length);
});
