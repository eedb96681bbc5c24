import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { simulate } from '../../sim/run/simulate.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');

describe('the rough capacity of a pool', () => {
  test.each([
    ['decode-bound: short prompts, long answers', '200 tokens', '300 tokens'],
    ['prefill-bound: long prompts, short answers', '6k tokens', '40 tokens'],
  ])('is within 10% of what it does when saturated; %s', (_what, prompt, output) => {
    const { scenario, fit } = loadValid(base, {
      overrides: [
        `populations.chat.workload.request.prompt=${prompt}`,
        `populations.chat.workload.request.output=${output}`,
        'populations.chat.arrivals.rate=300/s',
        'horizon=40s',
        'warmup=auto',
        'fleet.gate.servers=1000',
        'fleet.gpu.replicas=1',
      ],
    });
    const load = fit.find((line) => line.kind === 'load');
    const { requests } = simulate(scenario, { seed: '1', replication: 0 });
    let completed = 0;
    for (let i = 0; i < requests.count; i++)
      if (requests.outcome[i] === Outcome.completed && requests.finishMs[i]! > 10_000) completed++;
    const ratio = completed / 30 / load!.capacityPerSec;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  test('is nothing where not one context fits', () => {
    const result = loadText(base, {
      overrides: ['populations.chat.workload.request.prompt=60k tokens', 'fleet.gpu.memory=21%'],
    });
    if (!result.ok) throw new Error('was refused');
    expect(result.experiment.fit.at(-1)?.text).toBe(
      'small: 2.00/s offered, roughly 0.00/s possible',
    );
    expect(result.warnings.map(({ code }) => code).sort()).toEqual(['W_LOAD', 'W_WINDOW']);
  });
});
