import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');

describe('--set path=value', () => {
  test('replaces what the file says, and adds keys that it leaves out', () => {
    const { scenario, seed } = loadValid(base, {
      overrides: [
        'seed=43',
        'horizon=5min',
        'fleet.gpu.replicas=6',
        'fleet.gpu.tensorParallel=2',
        'fleet.gpu.engine.async=false',
        'fleet.gpu.router={ policy: prefix-aware, slack: 2 }',
        'populations.chat.arrivals.rate=9/s',
        'populations.chat.workload.request.shared.id=p',
        'populations.chat.workload.request.shared.tokens=1k',
        'placement.0.when.contextTokens=>= 12k',
      ],
    });
    expect({ seed, horizonMs: scenario.horizonMs }).toEqual({ seed: '43', horizonMs: 300_000 });
    const [pool] = scenario.pools as EnginePoolSpec[];
    expect(pool).toMatchObject({
      replicas: 6,
      deployment: { tensorParallel: 2 },
      engine: { asyncScheduling: false, maxSequences: 64 },
      router: { policy: 'prefix-aware', slack: 2 },
    });
    expect(scenario.populations[0]?.source).toMatchObject({
      arrivals: { ratePerMs: 0.009 },
      sharedPrefix: { id: 'p', tokens: 1000 },
    });
    expect(scenario.placement[0]?.when.contextTokens?.min).toBe(12_000);
  });

  test('finds names that hold dots', () => {
    const text = base.replace('  gpu:\n', '  gpu.v1:\n').replaceAll('[gpu]', '[gpu.v1]');
    const { scenario } = loadValid(text, { overrides: ['fleet.gpu.v1.replicas=5'] });
    expect(scenario.pools[0]).toMatchObject({ name: 'gpu.v1', replicas: 5 });
  });

  test('the last of two wins', () => {
    const overrides = ['fleet.gpu.replicas=5', 'fleet.gpu.replicas=7'];
    expect(loadValid(base, { overrides }).scenario.pools[0]).toMatchObject({ replicas: 7 });
  });

  test.each([
    ['seeed=3', 'E_PATH', 'there is no key "seeed"', 'Did you mean seed?', 'seeed'],
    ['fleet.gpuu.replicas=3', 'E_PATH', 'fleet has no "gpuu"', 'Did you mean gpu?', undefined],
    ['placement.2.prefer=gpu', 'E_PATH', 'placement has no item 2', undefined, undefined],
    ['horizon.x=1', 'E_PATH', 'horizon has no keys: it is 10min', undefined, undefined],
    ['fleet.gpu.__proto__.x=1', 'E_PATH', 'may not contain "__proto__"', undefined, undefined],
    ['fleet..gpu=1', 'E_PATH', 'a path is keys with one dot between them', undefined, undefined],
    ['seed', 'E_PATH', 'expected path=value', undefined, 'seed'],
    ['=3', 'E_PATH', 'expected path=value', undefined, undefined],
    ['fleet.gpu.replicas=[1', 'E_PARSE', 'flow sequence', undefined, '[1'],
    ['fleet.gpu.rplicas=4', 'E_KEY', 'unknown key "rplicas"', 'Did you mean replicas?', '4'],
    ['fleet.gpu.replicas=0', 'E_RANGE', 'a number of replicas of at least 1', undefined, '0'],
    ['horizon=10', 'E_UNIT', 'a duration needs its unit', 'Write 10ms or 10s', '10'],
    ['seed=', 'E_TYPE', 'expected a whole number or up to 64', undefined, undefined],
  ])(
    '%s is refused at its place on the command line',
    (override, code, message, hint, underlined) => {
      const result = loadText(base, { overrides: ['seed=1', override] });
      if (result.ok) throw new Error('was accepted');
      expect(result.exitCode).toBe(2);
      expect(result.mistakes).toHaveLength(1);
      const [mistake] = result.mistakes;
      expect(mistake).toMatchObject({ file: '--set', line: 2, code });
      expect(mistake!.message).toContain(message);
      if (hint !== undefined) expect(mistake!.hint).toBe(hint);
      const { excerpt, caret = 0, length } = mistake!;
      if (underlined !== undefined) expect(excerpt.slice(caret, caret + length)).toBe(underlined);
    },
  );
});
