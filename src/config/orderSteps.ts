import type { Report } from './inputSchema.js';
import { suggestion } from './nearestName.js';

/** A step of a list: its name, and the names of those that it waits for. */
export interface LinkedStep {
  readonly id: string;
  readonly after: readonly string[];
}

/** A step at its place in an order: its index in the list, and the places of its predecessors in the order. */
export interface OrderedStep {
  readonly index: number;
  readonly after: readonly number[];
}

/**
 * The steps of a list in an order in which predecessors come first: that of the list, as far as it already
 * is one. Undefined when there is none, or a name means nothing, which is reported at paths below the list.
 */
export function orderSteps(
  steps: readonly LinkedStep[],
  report: Report,
): readonly OrderedStep[] | undefined {
  const indexById = new Map<string, number>();
  steps.forEach(({ id }, index) => {
    if (!indexById.has(id)) indexById.set(id, index);
  });
  let isSound = indexById.size === steps.length;
  const before = steps.map(({ after }, index) =>
    after.flatMap((name, position) => {
      const found = indexById.get(name);
      if (found !== undefined) return [found];
      isSound = false;
      const hint = suggestion(name, indexById.keys());
      report({
        code: 'E_REF',
        message: `no step "${name}" stands beside this one`,
        path: [index, 'after', position],
        ...(hint === undefined ? {} : { hint }),
      });
      return [];
    }),
  );
  const { order, cycles } = walk(before);
  for (const cycle of cycles) {
    const names = cycle.map((index) => steps[index]!.id);
    report({ code: 'E_CYCLE', message: cycleText(names), path: [cycle[0]!, 'after'], atKey: true });
  }
  if (!isSound || cycles.length > 0) return undefined;
  const placeOf = new Map(order.map((index, place) => [index, place]));
  return order.map((index) => ({
    index,
    after: [...new Set(before[index])].map((each) => placeOf.get(each)!).sort((a, b) => a - b),
  }));
}

/** Depth first, with a list instead of recursion: a chain may be thousands of steps long. */
function walk(before: readonly (readonly number[])[]): {
  readonly order: readonly number[];
  readonly cycles: readonly (readonly number[])[];
} {
  const order: number[] = [];
  const cycles: number[][] = [];
  const state: ('open' | 'done' | undefined)[] = new Array(before.length).fill(undefined);
  for (let start = 0; start < before.length; start++) {
    if (state[start] !== undefined) continue;
    const trail = [{ index: start, next: 0 }];
    state[start] = 'open';
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const waitsFor = before[top.index]![top.next++];
      if (waitsFor === undefined) {
        state[top.index] = 'done';
        order.push(top.index);
        trail.pop();
      } else if (state[waitsFor] === 'open') {
        const from = trail.findIndex(({ index }) => index === waitsFor);
        const cycle = trail.splice(from).map(({ index }) => index);
        for (const index of cycle) state[index] = 'done';
        cycles.push(cycle);
      } else if (state[waitsFor] === undefined) {
        state[waitsFor] = 'open';
        trail.push({ index: waitsFor, next: 0 });
      }
    }
  }
  return { order, cycles };
}

/** "cycle: a -> c -> b -> a", each after the next; a long one is shortened. */
function cycleText(names: readonly string[]): string {
  const [first] = names;
  if (names.length <= 12) return `cycle: ${[...names, first].join(' -> ')}`;
  const shown = [...names.slice(0, 4), '…', ...names.slice(-2), first];
  return `cycle of ${names.length} steps: ${shown.join(' -> ')}`;
}
