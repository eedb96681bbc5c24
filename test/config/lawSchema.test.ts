import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../sim/kernel/normalQuantile.js';
import { law } from '../../src/config/lawSchema.js';
import { durationMs, tokens } from '../../src/config/quantity.js';
import { readWith } from './readWith.js';

const durationLaw = law(durationMs);
const tokenLaw = law(tokens, { whole: true });

describe('laws of durations', () => {
  test.each([
    ['95ms', { kind: 'constant', value: 95 }],
    [
      { value: '95ms', plus: '5ms' },
      { kind: 'constant', value: 95, plus: 5 },
    ],
    [
      { median: '0.85s', sigma: 2.4, max: '1h' },
      { kind: 'lognormal', median: 850, sigma: 2.4, atMost: 3_600_000 },
    ],
    [
      { uniform: { min: '1s', max: '2s' }, plus: '1s', min: '2.5s' },
      { kind: 'uniform', min: 1000, max: 2000, plus: 1000, atLeast: 2500 },
    ],
    [{ exponential: { mean: '3s' } }, { kind: 'exponential', mean: 3000 }],
    [
      { kind: 'exponential', mean: '3s' },
      { kind: 'exponential', mean: 3000 },
    ],
    [{ gamma: { mean: '3s', cv: 2 } }, { kind: 'gamma', mean: 3000, cv: 2 }],
    [
      { kind: 'gamma', mean: '3s', cv: 2 },
      { kind: 'gamma', mean: 3000, cv: 2 },
    ],
    [{ pareto: { min: '1s', alpha: 1.5 } }, { kind: 'pareto', min: 1000, alpha: 1.5 }],
    [{ weibull: { scale: '1s', shape: 0.5 } }, { kind: 'weibull', scale: 1000, shape: 0.5 }],
    [{ values: ['2s', '1s'] }, { kind: 'empirical', values: [2000, 1000] }],
    [
      { values: { '2s': 0.25, '1s': 0.75 } },
      { kind: 'empirical', values: [1000, 2000], weights: [0.75, 0.25] },
    ],
  ])('%j', (input, expected) => {
    expect(readWith(durationLaw, input)).toEqual({ value: expected, findings: [] });
  });

  test('a mixture holds laws with their own trims', () => {
    const mix = [
      { weight: 1, value: '1s' },
      { weight: 3, lognormal: { median: '5s', sigma: 1.5 }, plus: '1s' },
    ];
    expect(readWith(durationLaw, { mix, max: '1min' }).value).toEqual({
      kind: 'mixture',
      parts: [
        { weight: 1, law: { kind: 'constant', value: 1000 } },
        { weight: 3, law: { kind: 'lognormal', median: 5000, sigma: 1.5, plus: 1000 } },
      ],
      atMost: 60_000,
    });
  });

  test('p50 1 s and p90 4 s: sigma = ln 4 / 1.28155 = 1.08173', () => {
    const value = durationLaw.parse({ p50: '1s', p90: '4s' });
    expect(value).toMatchObject({ kind: 'lognormal', median: 1000 });
    expect((value as { sigma: number }).sigma).toBeCloseTo(1.08173, 5);
  });

  test('any two quantiles are met', () => {
    const { median, sigma } = durationLaw.parse({ p10: '200ms', p99: '9s' }) as {
      median: number;
      sigma: number;
    };
    expect(median * Math.exp(sigma * normalQuantile(0.1))).toBeCloseTo(200, 8);
    expect(median * Math.exp(sigma * normalQuantile(0.99))).toBeCloseTo(9000, 6);
  });

  test('mean 3 s and cv 1: sigma² = ln 2, median = 3 s / √2', () => {
    const value = durationLaw.parse({ kind: 'lognormal', mean: '3s', cv: 1 }) as {
      median: number;
      sigma: number;
    };
    expect(value.median).toBeCloseTo(2121.32, 2);
    expect(value.sigma ** 2).toBeCloseTo(Math.LN2, 12);
  });
});

describe('laws of tokens', () => {
  test('continuous laws are rounded to the nearest, unless the file says how', () => {
    const shape = { median: '900 tokens', sigma: 1 };
    expect(tokenLaw.parse(shape)).toMatchObject({ round: 'nearest' });
    expect(tokenLaw.parse({ ...shape, round: 'down' })).toMatchObject({ round: 'down' });
    expect(tokenLaw.parse('900 tokens')).toEqual({ kind: 'constant', value: 900 });
  });

  test('zipf gives ranks, which are no durations', () => {
    const zipf = { zipf: { count: 5, exponent: 1 } };
    expect(tokenLaw.parse(zipf)).toEqual({ kind: 'zipf', count: 5, exponent: 1 });
    expect(readWith(durationLaw, zipf).findings).toMatchObject([
      { code: 'E_DIST', path: ['zipf'], message: '"zipf" is not a law' },
    ]);
  });
});

describe('laws that make no sense are refused where they do not', () => {
  test.each([
    [{}, [], 'no law is given'],
    [{ lognorml: {} }, ['lognorml'], '"lognorml" is not a law'],
    [{ mean: '3s' }, [], 'a mean alone does not say how the quantity varies'],
    [{ kind: 'gamma', mean: '3s' }, [], 'gamma by its mean needs a cv'],
    [{ kind: 'exponential', mean: '3s', cv: 1 }, ['cv'], 'an exponential law has no cv'],
    [{ kind: 'exponential', mean: '0s' }, ['mean'], 'mean must be greater than 0'],
    [
      { exponential: { mean: '1s' }, uniform: { min: '1s', max: '2s' } },
      ['uniform'],
      'one law is expected, found exponential and uniform',
    ],
    [{ uniform: { min: '2s', max: '1s' } }, ['uniform', 'min'], 'uniform: min is larger than max'],
    [{ median: '9s', sigma: 1, max: '6s' }, ['max'], 'max (6s) is smaller than median (9s)'],
    [{ median: '9s', sigma: 1, min: '10s' }, ['min'], 'min (10s) is larger than median (9s)'],
    [{ value: '9s', min: '2s', max: '1s' }, ['max'], 'max (1s) is smaller than min (2s)'],
    [{ median: '9s' }, [], 'a lognormal law needs median and sigma, mean and cv, or two quantiles'],
    [{ p90: '1s', p50: '4s' }, [], 'p50 must be above 0 and not above p90'],
    [{ median: '0s', sigma: 1 }, [], 'the median or mean must be greater than 0'],
    [{ gamma: { mean: '0s', cv: 1 } }, ['gamma', 'mean'], 'gamma: mean must be greater than 0'],
    [{ values: {} }, ['values'], 'expected a list of values, or a mapping from value to weight'],
    [{ mix: [{ value: '1s' }] }, ['mix', 0, 'weight'], 'missing'],
    [{ mix: [] }, ['mix'], 'the list is empty'],
    [{ median: '1s', sigma: 1, foo: 1 }, ['foo'], 'unknown key'],
    [[1], [], 'expected a duration such as 800ms or 1.5 s, found a list'],
  ])('%j', (input, path, message) => {
    expect(readWith(durationLaw, input).findings).toMatchObject([{ path, message }]);
  });

  test('both of two mistakes in one law are found', () => {
    const { findings } = readWith(durationLaw, { median: 850, sigma: -1 });
    expect(findings.map(({ path }) => path)).toEqual([['median'], ['sigma']]);
  });
});
