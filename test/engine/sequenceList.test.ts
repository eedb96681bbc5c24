/** Sequences linked through the table, against an array. */
import { expect, test } from 'vitest';
import { SequenceList } from '../../sim/engine/sequenceList.js';
import { SequenceTable } from '../../sim/engine/sequenceTable.js';
import { privateContext } from '../../sim/engine/tokenStreams.js';
import { Dice } from './dice.js';

test('two lists of sequences that come and go hold what two arrays hold', () => {
  const seed = 7;
  const dice = new Dice(seed);
  const table = new SequenceTable();
  const lists = [new SequenceList(table), new SequenceList(table)];
  const arrays: number[][] = [[], []];
  for (let step = 0; step < 4000; step++) {
    const which = dice.int(0, 1);
    const list = lists[which]!;
    const array = arrays[which]!;
    const choice = dice.int(0, 9);
    if (choice < 5) {
      const sequence = table.add(step, privateContext, 1, 1, 0);
      list.push(sequence);
      array.push(sequence);
    } else if (choice < 7 && array.length > 0) {
      list.pop();
      table.release(array.pop()!);
    } else if (choice < 9) {
      const [other] = arrays[1 - which]!;
      const sequence = dice.chance(0.5) ? other : array[dice.int(0, array.length - 1)];
      if (sequence === undefined) continue;
      const index = array.indexOf(sequence);
      expect(list.remove(sequence), `seed ${seed}, step ${step}`).toBe(index >= 0);
      if (index >= 0) table.release(array.splice(index, 1)[0]!);
    } else if (dice.chance(1 / 30)) {
      for (const sequence of array.splice(0)) table.release(sequence);
      list.clear();
    }
    expect(contentsOf(list), `seed ${seed}, step ${step}`).toEqual(array);
    expect(list.count).toBe(array.length);
  }
  expect(table.inUse).toBe(arrays[0]!.length + arrays[1]!.length);
  expect(table.inUse).toBeGreaterThan(20);
});

function contentsOf(list: SequenceList): number[] {
  const found: number[] = [];
  for (let sequence = list.first; sequence >= 0; sequence = list.after(sequence)) {
    found.push(sequence);
  }
  return found;
}
