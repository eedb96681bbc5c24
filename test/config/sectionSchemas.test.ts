import { describe, expect, test } from 'vitest';
import { arrivalsSchema } from '../../src/config/arrivalsSchema.js';
import { libraryNames, referencedFile } from '../../src/config/library.js';
import { meanRate } from '../../src/config/meanRate.js';
import { nearestName, suggestion } from '../../src/config/nearestName.js';
import { placementRuleSchema } from '../../src/config/placementSchema.js';
import { priceSchema } from '../../src/config/priceSchema.js';
import { readDocument } from '../../src/config/readDocument.js';
import { readWith } from './readWith.js';

describe('arrivals', () => {
  test.each([
    [{ rate: '2/s' }, { process: { kind: 'poisson', ratePerMs: 0.002 }, batch: 1 }],
    [
      { process: 'constant', rate: '1/min', batch: 8 },
      { process: { kind: 'constant', ratePerMs: 1 / 60_000 }, batch: 8 },
    ],
    [
      { process: 'gamma', rate: '1/s', cv: 3 },
      { process: { kind: 'gamma', ratePerMs: 0.001, cv: 3 }, batch: 1 },
    ],
    [
      {
        process: 'piecewise',
        steps: [
          { from: '0s', rate: '1/s' },
          { from: '1h', rate: '0/s' },
        ],
      },
      {
        process: {
          kind: 'piecewise',
          steps: [
            { fromMs: 0, ratePerMs: 0.001 },
            { fromMs: 3_600_000, ratePerMs: 0 },
          ],
        },
        batch: 1,
      },
    ],
    [
      { process: 'diurnal', rate: '1/s', amplitude: '60%', peak: '15h' },
      {
        process: {
          kind: 'diurnal',
          meanRatePerMs: 0.001,
          amplitude: 0.6,
          peakMs: 54_000_000,
          periodMs: 86_400_000,
        },
        batch: 1,
      },
    ],
  ])('%j', (input, expected) => {
    expect(readWith(arrivalsSchema, input)).toEqual({ value: expected, findings: [] });
  });

  test.each([
    ['2/s', [], 'expected an arrival process such as { rate: 2/s }, found text "2/s"'],
    [{ process: 'gama', rate: '1/s', cv: 1 }, ['process'], 'expected an arrival process'],
    [{ process: 'gamma', rate: '1/s' }, ['cv'], 'missing'],
    [{ process: 'poisson', rate: '1/s', cv: 2 }, ['cv'], 'unknown key'],
    [
      { process: 'piecewise', steps: [{ from: '1s', rate: '1/s' }] },
      ['steps', 0, 'from'],
      'the first step must be from 0s',
    ],
    [
      {
        process: 'piecewise',
        steps: [
          { from: '0s', rate: '1/s' },
          { from: '0s', rate: '2/s' },
        ],
      },
      ['steps', 1, 'from'],
      'steps must be in order of time',
    ],
    [{ process: 'piecewise', steps: [{ from: '0s', rate: '0/s' }] }, ['steps'], 'all rates are 0'],
  ])('%j is refused', (input, path, message) => {
    const { findings } = readWith(arrivalsSchema, input);
    expect(findings).toHaveLength(1);
    expect(findings[0]!.path).toEqual(path);
    expect(findings[0]!.message).toContain(message);
  });

  test('a whole day of diurnal arrivals has the mean rate, its first hour at the peak 1.6 times that', () => {
    const day = arrivalsSchema.parse({
      process: 'diurnal',
      rate: '1/s',
      amplitude: 0.6,
      peak: '30min',
    });
    expect(meanRate(day.process, 86_400_000)).toBeCloseTo(0.001, 9);
    expect(meanRate(day.process, 3_600_000)).toBeCloseTo(0.0016, 5);
  });
});

describe('bounds on the context of a placement rule include both ends', () => {
  const range = (contextTokens: unknown) =>
    readWith(placementRuleSchema, { when: { contextTokens }, prefer: 'gpu' }).value?.when
      ?.contextTokens;

  test.each<[unknown, number, number]>([
    ['< 128k', 0, 127_999],
    ['<= 128k', 0, 128_000],
    ['>= 128k', 128_000, Number.POSITIVE_INFINITY],
    ['> 128k', 128_001, Number.POSITIVE_INFINITY],
    [['>= 32k', '< 128k tokens'], 32_000, 127_999],
  ])('%j', (written, min, max) => {
    expect(range(written)).toEqual({ min, max });
  });

  test('bounds that leave nothing are refused', () => {
    const rule = { when: { contextTokens: ['< 1k', '> 2k'] }, prefer: 'gpu' };
    expect(readWith(placementRuleSchema, rule).findings).toMatchObject([
      { code: 'E_RANGE', path: ['when', 'contextTokens'] },
    ]);
  });
});

describe('prices', () => {
  test.each([
    ['reserved', { kind: 'profile', basis: 'reserved' }],
    ['3.2 USD/h', { kind: 'written', usdPerHour: 3.2 }],
    ['none', { kind: 'none' }],
  ])('%s', (written, price) => {
    expect(priceSchema.parse(written)).toEqual(price);
  });

  test.each([
    ['on-demnd', 'Did you mean on-demand?'],
    [3.2, 'Write 3.2 USD/h'],
    ['3.2 EUR/h', 'Units: USD/h, USD/d'],
  ])('%s is refused', (written, hint) => {
    expect(readWith(priceSchema, written).findings).toMatchObject([{ hint }]);
  });
});

describe('the nearest name', () => {
  const names = ['h100-sxm', 'h200-sxm', 'wse-3', 'replicas', 'router'];
  test.each([
    ['h100-sx', 'h100-sxm'],
    ['H200-SXM', 'h200-sxm'],
    ['rplicas', 'replicas'],
    ['rotuer', 'router'],
    ['tpu', undefined],
    ['', undefined],
  ])('to %j is %s', (written, nearest) => {
    expect(nearestName(written, names)).toBe(nearest);
  });

  test('where none is near, all of a few are named', () => {
    expect(suggestion('tpu', ['a100', 'h100'])).toBe('Possible: a100, h100');
    expect(suggestion('tpu', [])).toBeUndefined();
  });
});

describe('the library', () => {
  test.each(['workloads', 'hardware-profiles', 'hardware-profiles/models'] as const)(
    'every file of %s has the name that it is used by',
    (folder) => {
      const names = libraryNames(folder);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const read = readDocument(referencedFile(name, folder, 'x.yaml')!, name);
        expect(read).toMatchObject({ ok: true, document: { tree: { name } } });
      }
    },
  );

  test('a path is relative to the file that names it; other names must be in the library', () => {
    expect(referencedFile('./mine.yaml', 'workloads', '/a/b/x.yaml')).toBe('/a/b/mine.yaml');
    expect(referencedFile('../mine.yaml', 'workloads', '/a/b/x.yaml')).toBe('/a/mine.yaml');
    expect(referencedFile('mine', 'workloads', '/a/b/x.yaml')).toBeUndefined();
    expect(referencedFile('../package', 'workloads', '/a/b/x.yaml')).toBe('/a/package');
  });
});
