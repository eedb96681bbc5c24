import { expect, test } from 'vitest';
import { progressLine } from '../../src/cli/progressLine.js';

test('progress is simulated time over all replications, cut to the width of the terminal', () => {
  const shown: string[] = [];
  const terminal = { columns: 200, showProgress: (line: string) => shown.push(line) };
  const progress = progressLine(terminal, { name: 'tiny', replications: 4, horizonMs: 60_000 });
  progress.advance(0, 30_000, 1234);
  expect(shown).toEqual([
    'tiny  ██░░░░░░░░░░░░░░░░░░ 12%  30.0 s of 4.00 min simulated  0 of 4 replications  1,234 events',
  ]);
  // Ten times a second at most: what comes right after is not drawn.
  progress.advance(0, 31_000, 1300);
  expect(shown).toHaveLength(1);
  progress.clear();
  expect(shown.at(-1)).toBe('');
});

test('a narrow terminal gets one line all the same', () => {
  const shown: string[] = [];
  const terminal = { columns: 20, showProgress: (line: string) => shown.push(line) };
  progressLine(terminal, { name: 'tiny', replications: 1, horizonMs: 1000 }).advance(0, 500, 1);
  expect(shown[0]).toHaveLength(19);
});
