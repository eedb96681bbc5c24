import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LoadedExperiment } from '../../src/config/loadedExperiment.js';
import { loadText, loadValid, loadValidMixes } from './loadText.js';

const base = readFileSync(new URL('../badinputs/mixes.yaml', import.meta.url), 'utf8');
const alone = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');

/** Names of pools with their replicas or servers. */
function units({ pools }: LoadedExperiment): Record<string, number> {
  return Object.fromEntries(pools.map((pool) => [pool.name, pool.units]));
}

describe('an experiment with mixes', () => {
  const { mixes, equalise } = loadValidMixes(base);

  test('has one world per mix, in the order of the file, for the same people', () => {
    expect(mixes.map(({ mix }) => mix)).toEqual(['plain', 'two', 'without-gate']);
    expect(mixes.map(({ about }) => about?.slice(0, 7))).toEqual(['Nothing', 'A valid', 'A valid']);
    for (const { scenario, seed, name } of mixes) {
      expect({ seed, name }).toEqual({ seed: '42', name: 'mixes' });
      expect(scenario.populations).toEqual(mixes[0]!.scenario.populations);
    }
    expect(new Set(mixes.map(({ configHash }) => configHash)).size).toBe(3);
  });

  test('a mix inherits pools key by key, and null takes one out', () => {
    const free = base.replace(/^equalise.*\n/m, '');
    const [plain, two, bare] = loadValidMixes(free).mixes;
    expect(units(plain!)).toEqual({ gate: 4, gpu: 24 });
    expect(units(two!)).toEqual({ extra: 1, gate: 4, gpu: 10 });
    expect(units(bare!)).toEqual({ extra: 1, gpu: 10 });
    expect(two!.pools.find(({ name }) => name === 'gpu')?.hardware).toBe('h100-sxm');
    expect(bare!.scenario.gateway).toBeUndefined();
    expect(plain!.scenario.placement).toEqual([]);
    expect(bare!.scenario.placement).toEqual(two!.scenario.placement);
  });

  test('replicas are scaled until all cost the same, as nearly as whole ones do', () => {
    // 24 · 2.35 = 56.4 USD/h. Less 1.6 for the other pool: 23.3 replicas, so 23, which is 55.65 USD/h.
    expect(equalise).toEqual({ unit: 'usdPerHour', tolerance: 0.03 });
    expect(mixes.map(({ adjusted }) => adjusted)).toEqual([
      undefined,
      [{ pool: 'gpu', from: 10, to: 23 }],
      [{ pool: 'gpu', from: 10, to: 23 }],
    ]);
    expect(mixes.map((mix) => units(mix)['gpu'])).toEqual([24, 23, 23]);
  });

  test('where whole replicas cannot do it, counts stay and both figures are named', () => {
    // 4 · 2.35 = 9.4 USD/h; 3 · 2.35 + 1.6 = 8.65 and 10 · 2.35 + 1.6 = 25.1.
    const { mixes, warnings } = loadValidMixes(base.replace('replicas: 24', 'replicas: 4'));
    expect(mixes.map((mix) => units(mix)['gpu'])).toEqual([4, 10, 10]);
    expect(warnings.map(({ code, message, line }) => [code, message, line])).toEqual([
      ['W_COST', 'plain costs 9.40 USD/h and two 25.10 USD/h: not equal within 3%', 31],
      ['W_COST', 'plain costs 9.40 USD/h and without-gate 25.10 USD/h: not equal within 3%', 37],
    ]);
  });

  test('a budget about a pool is judged in the mixes that have it', () => {
    expect(mixes.map(({ budgets }) => budgets.length)).toEqual([1, 2, 2]);
  });

  test('prices of different kinds get a warning that names the pools', () => {
    const { warnings } = loadValidMixes(base.replace('price: 1.6 USD/h', 'price: on-demand'));
    const prices = warnings.filter(({ code }) => code === 'W_PRICE');
    expect(prices.map(({ message }) => message)).toEqual([
      'prices of different kinds are compared: on-demand (extra), reserved (gpu)',
    ]);
  });

  test('prices of one kind for different terms get a warning; owned ones have no term', () => {
    const { warnings } = loadValidMixes(base.replace('price: 1.6 USD/h', 'price: reserved'));
    const prices = warnings.filter(({ code }) => code === 'W_PRICE');
    expect(prices.map(({ message }) => message)).toEqual([
      'reserved prices of different terms are compared: 1 year (gpu), 3 years (extra)',
    ]);
    const owned = base.replace('prices: reserved', 'prices: owned');
    const alike = loadValidMixes(owned.replace(', price: 1.6 USD/h', ''));
    expect(alike.warnings.filter(({ code }) => code === 'W_PRICE')).toEqual([]);
  });

  test('what is said of one mix at a place that all share names the mix', () => {
    const { warnings } = loadValidMixes(base.replace('rate: 2/s', 'rate: 900/s'));
    const load = warnings.filter(({ code }) => code === 'W_LOAD');
    expect(load).toEqual([]);
    const more = loadValidMixes(
      base.replace('rate: 2/s', 'rate: 900/s').replace(/^equalise.*\n/m, ''),
    );
    const named = more.warnings.map(({ message }) => message.slice(0, 40));
    // Both have the same pools, so the same is said of them.
    expect(named).toEqual(['mixes two, without-gate: more is asked t']);
  });

  test('what all mixes have in common is told once', () => {
    const found = (text: string) => {
      const result = loadText(text);
      return result.ok ? [] : result.mistakes.map(({ message }) => message);
    };
    const web =
      '\n  searchers: { users: 2, workload: { turn: [ { query: { store: web, duration: 1s } } ] } }\n';
    const asking = base.replace('\n\ndefaults:', `${web}\ndefaults:`);
    expect(found(asking)).toEqual(['no pool "web" of kind store in the fleet']);
    const some = asking.replace(
      'about: Noth',
      'fleet: { web: { kind: store, connections: 1 } }\n    about: Noth',
    );
    expect(found(some)).toEqual([
      'mixes two, without-gate: no pool "web" of kind store in the fleet',
    ]);
  });

  test('the order of keys inside a mix does not matter', () => {
    const swapped = base
      .replace('    extends: two\n', '')
      .replace('      gate: null\n', '      gate: null\n    extends: two\n');
    expect(loadValidMixes(swapped).mixes).toEqual(mixes);
  });

  test('mixes that are named by numbers keep the order of the file too: the first is the baseline', () => {
    const numbered = base.replaceAll('without-gate:', '"8":').replaceAll('two', '"16"');
    const named = loadValidMixes(numbered, { overrides: ['mixes.8.about=the last'] }).mixes;
    expect(named.map(({ mix, about }) => [mix, about?.slice(0, 7)])).toEqual([
      ['plain', 'Nothing'],
      ['16', 'A valid'],
      ['8', 'the las'],
    ]);
  });

  test('is a mistake where one fleet is expected', () => {
    expect(loadText(base)).toMatchObject({
      ok: false,
      exitCode: 2,
      mistakes: [{ message: 'the experiment has 3 mixes, and one is expected here' }],
    });
  });
});

describe('--set in an experiment with mixes', () => {
  const free = base.replace(/^equalise.*\n/m, '');
  const counts = (...overrides: string[]) =>
    loadValidMixes(free, { overrides }).mixes.map((mix) => units(mix)['gpu']);

  test('changes one mix and those that extend it, or all by the defaults', () => {
    expect(counts('mixes.two.fleet.gpu.replicas=6')).toEqual([24, 6, 6]);
    expect(counts('mixes.without-gate.fleet.gpu.replicas=6')).toEqual([24, 10, 6]);
    expect(counts('defaults.fleet.gpu.replicas=6')).toEqual([6, 10, 10]);
  });

  test('points at the command line, and knows the names of mixes and pools', () => {
    const mistakes = (override: string) => {
      const result = loadText(free, { overrides: [override] });
      return result.ok
        ? []
        : result.mistakes.map(({ file, message, hint }) => [file, message, hint]);
    };
    expect(mistakes('mixes.tow.fleet.gpu.replicas=6')).toContainEqual([
      '--set',
      'mixes has no "tow"',
      'Did you mean two?',
    ]);
    expect(mistakes('mixes.two.fleet.gup.replicas=6')).toContainEqual([
      '--set',
      'mixes.two.fleet has no "gup"',
      'Did you mean gpu?',
    ]);
    expect(mistakes('mixes.two.fleet.gpu.replicas=0')).toContainEqual([
      '--set',
      'expected a number of replicas of at least 1, found 0',
      undefined,
    ]);
  });
});

describe('an experiment without mixes', () => {
  test('is one world without the name of a mix, as loadExperiment has it', () => {
    const { mixes, equalise } = loadValidMixes(alone);
    expect(mixes).toHaveLength(1);
    expect(mixes[0]!.mix).toBeUndefined();
    expect({ ...mixes[0], file: '' }).toEqual({ ...loadValid(alone), file: '' });
    expect(equalise).toBeUndefined();
  });

  test.each(['defaults: { fleet: {} }', 'equalise: usdPerHour'])('has no %s', (line) => {
    const result = loadText(`${alone}\n${line}\n`);
    expect(result).toMatchObject({
      ok: false,
      mistakes: [{ message: expect.stringContaining('is for experiments with mixes') }],
    });
  });
});
