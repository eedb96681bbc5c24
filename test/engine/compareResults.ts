import type { WorldResult } from './world.js';

const columns = [
  'arrivalMs',
  'scheduledMs',
  'firstTokenMs',
  'finishMs',
  'cancelled',
  'preemptions',
  'replica',
  'hitTokens',
  'freeBlocksAtFinish',
  'evictableBlocksAtFinish',
  'kvLoadMs',
  'headOfLineMs',
  'slotsMs',
  'kvBlocksMs',
  'tokenBudgetMs',
  'iterationMs',
] as const satisfies readonly (keyof WorldResult)[];

const totals = [
  'iterations',
  'computedTokens',
  'evictedBlocks',
  'draftTokens',
  'acceptedDrafts',
  'busyMs',
  'decodeContextTokens',
  'chunkPairs',
  'lostBlocks',
] as const satisfies readonly (keyof WorldResult)[];

/** The first difference between two results, to the last bit; undefined when there is none. */
export function compareResults(expected: WorldResult, found: WorldResult): string | undefined {
  return (
    firstTaskDifference(expected, found) ??
    firstTotalDifference(expected, found) ??
    firstBlockDifference(expected, found) ??
    firstTierDifference(expected, found) ??
    itlDifference(expected, found) ??
    found.leaks.map((leak) => `leaks ${leak}`)[0]
  );
}

/** Of the task that arrived first: what later ones show may be a consequence. */
function firstTaskDifference(expected: WorldResult, found: WorldResult): string | undefined {
  const tasks = Array.from(expected.arrivalMs.keys());
  tasks.sort((a, b) => expected.arrivalMs[a]! - expected.arrivalMs[b]!);
  for (const task of tasks)
    for (const column of columns) {
      const right = expected[column][task];
      const other = found[column][task];
      if (!Object.is(right, other))
        return `${column} of task ${task} is ${other}, not ${right} (it arrives at ${expected.arrivalMs[task]} ms)`;
    }
  return undefined;
}

function firstTotalDifference(expected: WorldResult, found: WorldResult): string | undefined {
  for (const total of totals)
    if (!Object.is(expected[total], found[total]))
      return `${total} is ${found[total]}, not ${expected[total]}`;
  return undefined;
}

function firstBlockDifference(expected: WorldResult, found: WorldResult): string | undefined {
  for (let replica = 0; replica < expected.freeBlocks.length; replica++) {
    if (expected.freeBlocks[replica] !== found.freeBlocks[replica])
      return `replica ${replica} ends with ${found.freeBlocks[replica]} free blocks, not ${expected.freeBlocks[replica]}`;
    const right = expected.lruBlocks[replica]!;
    const other = found.lruBlocks[replica] ?? [];
    if (right.length !== other.length)
      return `replica ${replica} ends with ${other.length} cached blocks, not ${right.length}`;
    const place = right.findIndex((block, index) => block !== other[index]);
    if (place >= 0)
      return `block ${place} of the eviction order of replica ${replica} is ${other[place]}, not ${right[place]}`;
  }
  return undefined;
}

function firstTierDifference(expected: WorldResult, found: WorldResult): string | undefined {
  const facts = ['loadedTokens', 'writtenBytes', 'tierEvictions', 'tierBlocks'] as const;
  for (const fact of facts) {
    const right = JSON.stringify(expected[fact]);
    const other = JSON.stringify(found[fact]);
    if (right !== other) return `${fact} of the tiers is ${other}, not ${right}`;
  }
  return undefined;
}

function itlDifference(expected: WorldResult, found: WorldResult): string | undefined {
  const right = JSON.stringify(expected.itl.toJSON());
  const other = JSON.stringify(found.itl.toJSON());
  return right === other ? undefined : `itl is ${other}, not ${right}`;
}
