import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoadTree } from '../../sim/fleet/loadTree.js';

test('the least load wins, ties go to the lowest index', () => {
  const tree = new LoadTree(3);
  expect(tree.least).toBe(0);
  tree.add(0, 1);
  expect(tree.least).toBe(1);
  tree.add(1, 1);
  tree.add(2, 2);
  expect(tree.least).toBe(0);
  tree.add(2, -2);
  expect(tree.least).toBe(2);
  expect([0, 1, 2].map((index) => tree.loadOf(index))).toEqual([1, 1, 0]);
});

test('a single replica is always the least loaded', () => {
  const tree = new LoadTree(1);
  tree.add(0, 5);
  expect(tree.least).toBe(0);
  expect(tree.loadOf(0)).toBe(5);
});

test('after any changes it agrees with a scan, whatever the number of replicas', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: -3, max: 3 })), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), changes, (count, steps) => {
      const tree = new LoadTree(count);
      const loads = new Array<number>(count).fill(0);
      for (const [at, change] of steps) {
        tree.add(at % count, change);
        loads[at % count]! += change;
        expect(tree.least).toBe(loads.indexOf(Math.min(...loads)));
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});
