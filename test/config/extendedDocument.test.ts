import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadMixes } from '../../src/config/loadMixes.js';

const folder = mkdtempSync(join(tmpdir(), 'inflow-extends-'));
afterAll(() => rmSync(folder, { recursive: true }));

const base = `inflow: 1
name: base
horizon: 1min
seed: 5
populations:
  jobs: { workload: { request: { model: work, prompt: 1, output: 1 } }, arrivals: { rate: 1/s } }
mixes:
  one: { fleet: { desk: { kind: station, serves: work, service: 1s } } }
  two: { fleet: { desk: { kind: station, serves: work, service: 1s, servers: 2 } } }
`;

function load(own: string, extended = base, overrides: readonly string[] = []) {
  writeFileSync(join(folder, 'base.yaml'), extended);
  writeFileSync(join(folder, 'own.yaml'), own);
  return loadMixes(join(folder, 'own.yaml'), { overrides, quick: false });
}

describe('an experiment that extends another', () => {
  const own = 'inflow: 1\nname: own\nextends: ./base.yaml\nhorizon: 2min\n';

  test('has its top-level keys, but for those that it has itself', () => {
    const result = load(own);
    if (!result.ok) throw new Error('was refused');
    const [one, two] = result.mixes;
    expect(result.mixes.map(({ mix }) => mix)).toEqual(['one', 'two']);
    expect([one!.name, one!.seed, one!.scenario.horizonMs]).toEqual(['own', '5', 120_000]);
    expect(two!.scenario.pools[0]).toMatchObject({ servers: 2 });
  });

  test('replaces keys as a whole, and --set reaches those that it inherits', () => {
    const mixes =
      'mixes:\n  three: { fleet: { desk: { kind: station, serves: work, service: 3s } } }\n';
    const result = load(own + mixes, base, ['populations.jobs.arrivals.rate=4/s']);
    if (!result.ok) throw new Error('was refused');
    expect(result.mixes.map(({ mix }) => mix)).toEqual(['three']);
    expect(result.mixes[0]!.scenario.populations[0]?.source).toMatchObject({
      arrivals: { ratePerMs: 0.004 },
    });
  });

  test('is refused for mistakes in either file, each shown where it stands', () => {
    const result = load(`${own}sed: 3\n`, base.replace('service: 1s', 'service: 1'));
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const places = result.mistakes.map(({ file, line }) => `${file.split(/[\\/]/).at(-1)}:${line}`);
    expect(places).toContain('own.yaml:5');
    expect(places).toContain('base.yaml:8');
  });

  test.each([
    ['a file that is absent: exit code 4', own.replace('base', 'none'), base, 4, 'no such file'],
    [
      'a file that extends one itself',
      own,
      `${base}extends: ./own.yaml\n`,
      2,
      'extends none itself',
    ],
    ['no path', own.replace('./base.yaml', '[1]'), base, 2, 'expected an experiment file'],
  ])('is refused when it names %s', (_, text, extended, exitCode, message) => {
    const result = load(text, extended);
    expect(result).toMatchObject({ ok: false, exitCode });
    if (result.ok) return;
    expect(result.mistakes.map((mistake) => mistake.message).join('; ')).toContain(message);
  });
});
