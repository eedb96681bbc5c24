import { describe, expect, test } from 'vitest';
import { admissionFaults } from './admissionFaults.js';
import { cacheFaults } from './cacheFaults.js';
import { cancelFaults } from './cancelFaults.js';
import { faultyEngine } from './faultyEngine.js';
import { firstMismatch } from './firstMismatch.js';
import { jumpFaults } from './jumpFaults.js';
import { orderFaults } from './orderFaults.js';
import { prefetchFaults } from './prefetchFaults.js';
import { quietEndFaults } from './quietEndFaults.js';
import { retentionFaults } from './retentionFaults.js';
import { schedulingFaults } from './schedulingFaults.js';
import { speculationFaults } from './speculationFaults.js';
import { tierFaults } from './tierFaults.js';

/** A fault that hides in this many worlds in a row counts as missed. */
const maxWorlds = 1500;

test('the bundled engine agrees with the reference as long as no fault is planted', async () => {
  expect(firstMismatch(await faultyEngine(), 1, 150)).toBeUndefined();
});

describe('the comparison with the reference engine shows when', () => {
  const faults = [
    ...schedulingFaults,
    ...admissionFaults,
    ...cacheFaults,
    ...jumpFaults,
    ...quietEndFaults,
    ...cancelFaults,
    ...orderFaults,
    ...tierFaults,
    ...prefetchFaults,
    ...speculationFaults,
    ...retentionFaults,
  ];

  test.each(faults.map((fault) => [fault.breaks, fault] as const))('%s', async (_, fault) => {
    const caught = firstMismatch(await faultyEngine(fault), fault.firstWorld ?? 1, maxWorlds);
    expect(caught, `fault "${fault.name}" is not noticed`).toBeDefined();
    // A replacement that does not fit the engine any more breaks something, but not what it says.
    expect(caught!.mismatch).not.toMatch(/(Type|Reference)Error/);
  });

  test('each fault has a name of its own', () => {
    expect(new Set(faults.map((fault) => fault.name)).size).toBe(faults.length);
  });
});
