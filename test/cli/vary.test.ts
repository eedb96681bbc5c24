import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareSchema } from '../../src/results/compareSchema.js';
import { varyFolders } from '../../src/results/varyFolders.js';
import { buildInflow, folderWith, inflow } from './inflow.js';

beforeAll(buildInflow);

/** One fast server against four that are slow: good for few jobs, and for many. */
const experiment = `inflow: 1
name: desks
horizon: 2h
warmup: 0s
replications: 2
populations:
  jobs: { workload: { request: { model: work, prompt: 1, output: 1 } }, arrivals: { rate: 1/s } }
mixes:
  fast: { fleet: { desk: { kind: station, serves: work, service: 1s } } }
  many: { fleet: { desk: { kind: station, serves: work, service: 2s, servers: 4 } } }
`;

const vary = (values: string) => [
  'compare',
  'desks.yaml',
  '--vary',
  `populations.jobs.arrivals.rate=${values}`,
];

describe('inflow compare --vary', () => {
  test('prints a line per value, a column per mix, and where the best one changes', async () => {
    const folder = folderWith({ 'desks.yaml': experiment });
    const { stdout, stderr, code } = await inflow(vary('0.05/s,0.2/s,1.5/s'), { in: folder });
    expect(code).toBe(0);
    // The fast one is asked for more than it can do.
    expect(stderr).toMatch(/warning: mix fast: more is asked[\s\S]*\nresults: results\/desks\/\n$/);
    expect(stdout).toMatch(/^E2E p95 +fast +many$/m);
    expect(stdout).toMatch(/^ {2}0\.05\/s +[\d.]+.* s {1,2}\* +[\d.]+.* s *$/m);
    expect(stdout).toMatch(/^ {2}1\.5\/s +[\d.]+.* min! +[\d.]+.* s \*$/m);
    expect(stdout).toMatch(
      /^ {2}crossover of populations\.jobs\.arrivals\.rate: fast → many between 0\.2\/s and 1\.5\/s$/m,
    );
    for (const value of ['0.05_s', '0.2_s', '1.5_s']) {
      const file = `results/desks/populations.jobs.arrivals.rate=${value}/compare.json`;
      expect(existsSync(join(folder, file))).toBe(true);
    }
  });

  test('--json prints the comparison of each value, as it is without --vary', async () => {
    const folder = folderWith({ 'desks.yaml': experiment });
    const words = [...vary('0.2/s,1.5/s'), '--json', '--no-files'];
    const varied = JSON.parse((await inflow(words, { in: folder })).stdout) as {
      vary: string;
      points: { value: string; comparison: unknown }[];
    };
    expect(varied.vary).toBe('populations.jobs.arrivals.rate');
    expect(varied.points.map(({ value }) => value)).toEqual(['0.2/s', '1.5/s']);
    const set = ['--set', 'populations.jobs.arrivals.rate=1.5/s', '--json'];
    await inflow(['compare', 'desks.yaml', ...set], { in: folder });
    const alone = readFileSync(join(folder, 'results/desks/compare.json'), 'utf8');
    expect(compareSchema.parse(varied.points[1]!.comparison)).toEqual(JSON.parse(alone));
  });

  test.each(['rate', 'rate=1', 'rate=1,1', 'rate=1,,2', '=1,2'])(
    'refuses "%s": exit code 2',
    async (written) => {
      const folder = folderWith({ 'desks.yaml': experiment });
      const { stderr, code } = await inflow(['compare', 'desks.yaml', '--vary', written], {
        in: folder,
      });
      expect(code).toBe(2);
      expect(stderr).toContain('--vary must be path=value,value,…');
    },
  );

  test('refuses a place that does not exist before anything is run', async () => {
    const folder = folderWith({ 'desks.yaml': experiment });
    const { stderr, code } = await inflow(['compare', 'desks.yaml', '--vary', 'fleets.x=1,2'], {
      in: folder,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('there is no key "fleets"');
  });

  test('a mistake in the last value is told before anything is run', async () => {
    const folder = folderWith({ 'desks.yaml': experiment });
    const { stdout, stderr, code } = await inflow(vary('0.05/s,0.2/s,fast'), { in: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('=fast');
    expect(existsSync(join(folder, 'results'))).toBe(false);
  });
});

describe('varyFolders: a folder for each value, each another one', () => {
  test.each([
    [
      ['0.05/s', '2/s'],
      ['rate=0.05_s', 'rate=2_s'],
    ],
    [
      ['1 GB', '1/GB', '2'],
      [/^rate=1_GB-[0-9a-f]{12}$/, /^rate=1_GB-[0-9a-f]{12}$/, 'rate=2'],
    ],
    [
      ['ab', 'aB'],
      [/^rate=ab-[0-9a-f]{12}$/, /^rate=aB-[0-9a-f]{12}$/],
    ],
    [
      ['x'.repeat(250), '../../up'],
      [/^rate=x{115}-[0-9a-f]{12}$/, 'rate=.._.._up'],
    ],
  ])('%j', (values, expected) => {
    const folders = varyFolders('rate', values);
    expect(folders).toEqual(
      expected.map((name) => (typeof name === 'string' ? name : expect.stringMatching(name))),
    );
    expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(values.length);
  });
});
