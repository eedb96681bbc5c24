import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LinkedStep, orderSteps } from '../../src/config/orderSteps.js';

describe('orderSteps', () => {
  test('keeps the order of a list that has predecessors first', () => {
    expect(order({ a: [], b: ['a'], c: ['a', 'b'] })).toEqual([
      { index: 0, after: [] },
      { index: 1, after: [0] },
      { index: 2, after: [0, 1] },
    ]);
  });

  test('puts predecessors first where they stand behind', () => {
    // b waits for c, which waits for a: a, c, b.
    expect(order({ a: [], b: ['c'], c: ['a'] })).toEqual([
      { index: 0, after: [] },
      { index: 2, after: [0] },
      { index: 1, after: [1] },
    ]);
  });

  test('a step that is named twice counts once', () => {
    expect(order({ a: [], b: ['a', 'a'] })?.[1]).toEqual({ index: 1, after: [0] });
  });

  test('two cycles are told one by one, each from its first step on', () => {
    const found: string[] = [];
    order({ a: ['b'], b: ['a'], c: ['d'], d: ['c'], e: ['a', 'c'] }, found);
    expect(found).toEqual(['cycle: a -> b -> a', 'cycle: c -> d -> c']);
  });

  test('any graph without cycles gets an order in which all steps come after their predecessors', () => {
    const graph = fc
      .integer({ min: 1, max: 30 })
      .chain((count) =>
        fc.tuple(
          fc.array(fc.array(fc.nat({ max: 1000 }), { maxLength: 4 }), {
            minLength: count,
            maxLength: count,
          }),
          fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
        ),
      )
      .map(([links, names]) => {
        // A step waits only for ones that were made before it, but stands anywhere in the list.
        const steps = links.map((picks, made) => ({
          id: `s${made}`,
          after: made === 0 ? [] : picks.map((pick) => `s${pick % made}`),
        }));
        return names.map((made) => steps[made]!);
      });
    fc.assert(
      fc.property(graph, (steps) => {
        const found = orderSteps(steps, () => undefined);
        expect(found?.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...steps.keys()]);
        found!.forEach(({ index, after }, place) => {
          expect(after.every((before) => before < place)).toBe(true);
          const names = after.map((before) => steps[found![before]!.index]!.id);
          expect(new Set(names)).toEqual(new Set(steps[index]!.after));
        });
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

function order(links: Readonly<Record<string, readonly string[]>>, messages: string[] = []) {
  const steps: LinkedStep[] = Object.entries(links).map(([id, after]) => ({ id, after }));
  return orderSteps(steps, ({ message }) => {
    messages.push(message);
    return undefined;
  });
}
