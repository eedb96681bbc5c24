import { describe, expect, test } from 'vitest';
import { type AdmissionOrder, admissionOrders } from '../../sim/engine/admissionOrder.js';
import { SequenceState, SequenceTable } from '../../sim/engine/sequenceTable.js';
import { WaitingLine } from '../../sim/engine/waitingLine.js';
import { Dice } from './dice.js';

/** A line next to a plain sorted array that says what it must hold. */
class Pair {
  readonly table = new SequenceTable();
  readonly line: WaitingLine;
  /** Preempted sequences, last preempted first, then the others in order. */
  readonly plain: number[] = [];
  #preempted = 0;

  constructor(order: AdmissionOrder) {
    this.line = new WaitingLine(this.table, order);
  }

  insert(key: number, timeMs: number): number {
    const sequence = this.table.add(this.table.inUse, -1, 1, 1, timeMs);
    this.table.orderKey[sequence] = key;
    this.line.insert(sequence, timeMs);
    let place = this.plain.length;
    while (place > this.#preempted && this.table.orderKey[this.plain[place - 1]!]! > key) place--;
    this.plain.splice(place, 0, sequence);
    return sequence;
  }

  /** The first in line is admitted. */
  admit(): number {
    const sequence = this.line.first;
    this.line.removeFirst();
    this.#drop(sequence);
    return sequence;
  }

  preempt(sequence: number, isDraining: boolean): void {
    this.table.scheduledMs[sequence] = 0;
    this.table.state[sequence] = isDraining
      ? SequenceState.drainingPreempted
      : SequenceState.waiting;
    this.line.pushFirst(sequence);
    this.plain.unshift(sequence);
    this.#preempted++;
  }

  cancel(sequence: number): void {
    this.line.remove(sequence, 0);
    this.#drop(sequence);
  }

  completeDraining(): number[] {
    const completed: number[] = [];
    this.line.completeDraining(0, (sequence) => completed.push(sequence));
    for (const sequence of completed) this.#drop(sequence);
    return completed;
  }

  #drop(sequence: number): void {
    const place = this.plain.indexOf(sequence);
    this.plain.splice(place, 1);
    if (place < this.#preempted) this.#preempted--;
  }
}

function randomSteps(order: AdmissionOrder, seed: number): Pair {
  const dice = new Dice(seed);
  const pair = new Pair(order);
  const { line, plain, table } = pair;
  const admitted: number[] = [];
  for (let step = 0; step < 400; step++) {
    const what = dice.uniform();
    if (what < 0.5) pair.insert(dice.int(0, 30), step);
    else if (what < 0.7 && plain.length > 0) {
      // Before a batch is formed, those whose last token was in flight have gone.
      pair.completeDraining();
      if (plain.length > 0) admitted.push(pair.admit());
    } else if (what < 0.85 && plain.length > 0) {
      const sequence = dice.pick(plain);
      if (table.state[sequence] === SequenceState.waiting) pair.cancel(sequence);
    } else if (what < 0.95 && admitted.length > 0) pair.preempt(admitted.pop()!, dice.chance(0.3));
    else {
      const draining = plain.filter((one) => table.state[one] === SequenceState.drainingPreempted);
      expect(pair.completeDraining(), `seed ${seed}, step ${step}`).toEqual(draining);
    }
    expect([line.first, line.length], `seed ${seed}, step ${step}`).toEqual([
      plain[0] ?? -1,
      plain.length,
    ]);
  }
  return pair;
}

describe.each(admissionOrders)('a line ordered by %s', (order) => {
  test('agrees with a sorted array, whatever comes, goes, returns and is cancelled', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const pair = randomSteps(order, seed);
      const expected = [...pair.plain];
      expect(
        expected.map(() => pair.admit()),
        `seed ${seed}`,
      ).toEqual(expected);
    }
  });
});

test('first come first served, who comes to the line late takes the place of its arrival', () => {
  const pair = new Pair('fcfs');
  const first = pair.insert(100, 100);
  const third = pair.insert(300, 300);
  const late = pair.insert(200, 400);
  const earliest = pair.insert(50, 500);
  expect([pair.admit(), pair.admit(), pair.admit(), pair.admit()]).toEqual([
    earliest,
    first,
    late,
    third,
  ]);
});
