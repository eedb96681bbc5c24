import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { MeasuredPoint } from '../../src/calibrate/measuredPoint.js';
import { fileOf } from '../../src/calibrate/profileParts.js';
import { heldOutErrors } from '../../src/validation/heldOutErrors.js';
import { measuredCells } from '../../src/validation/measuredCells.js';
import { type ValidationSet, validationSets } from '../../src/validation/validationSets.js';
import { withCells } from '../../src/validation/withCells.js';
import { measuredData } from '../measuredData.js';

/** Times measured as 100 ms, predicted as these. */
function setOf(metric: MeasuredPoint['metric'], cell: string, ...times: number[]): ValidationSet {
  const section = metric === 'step' ? 'steps' : metric === 'ttft' ? 'ttft' : 'tpot';
  const points = times.map((predictedMs) => {
    const rest = { label: cell, accelerators: 1, tokens: 1, predictMs: () => predictedMs };
    return { point: { ...rest, metric, measuredMs: 100, cell }, predictedMs };
  });
  return { section, profile: 'chip', what: cell, role: 'fitted', points };
}

test('a cell has the larger of its errors of iterations and TPOT, the worst held-out one, and TTFT apart', () => {
  const sets = [
    setOf('step', 'llama-3.1-8b fp8', 102, 96),
    setOf('tpot', 'llama-3.1-8b fp8 chip vllm', 150),
    setOf('ttft', 'llama-3.1-8b fp8 chip vllm', 300),
    setOf('step', 'llama-3.1-8b bf16', 101),
    setOf('step', 'a recorded run', 200),
  ];
  const held = {
    'chip | step | llama-3.1-8b fp8': { axis: 'cell', count: 2, mean: 0.6, median: 0.5 },
    'other | step | llama-3.1-8b fp8': { axis: 'cell', count: 2, mean: 0.9, median: 0.9 },
  };
  const [bf16, fp8] = measuredCells('chip', sets, held);
  expect(bf16).toEqual({ model: 'llama-3.1-8b', weights: 'bf16', error: expect.closeTo(0.01) });
  expect(fp8).toEqual({
    model: 'llama-3.1-8b',
    weights: 'fp8',
    error: expect.closeTo(0.5),
    heldOut: 0.6,
    ttft: expect.closeTo(2),
  });
});

test('shipped profiles say what the measurements say', { timeout: 300_000 }, (context) => {
  const file = measuredData(context, 'silicon_e2e/agg.csv.gz');
  const sets = validationSets(dirname(dirname(file)));
  for (const profile of new Set(sets.map((set) => set.profile))) {
    const text = readFileSync(fileOf(profile, ''), 'utf8');
    // Written anew by: npx tsx src/validation/writeValidation.ts
    expect(withCells(text, measuredCells(profile, sets, heldOutErrors()))).toBe(text);
  }
});
