import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareSchema } from '../../src/results/compareSchema.js';
import { buildInflow, folderWith, inflow, tinyExperiment } from './inflow.js';

beforeAll(buildInflow);

/** The same minute of chat on one GPU, and on two: files `one.yaml` and `two.yaml`. */
function oneAndTwo(changes: Readonly<Record<string, string>> = {}): string {
  const fleet = '{ gpu: { serves: chat, hardware: h100-sxm, price: reserved, replicas: 2 } }';
  return folderWith({
    'one.yaml': tinyExperiment({ name: 'one', ...changes }),
    'two.yaml': tinyExperiment({ name: 'two', fleet, ...changes }),
  });
}

const twoFiles = ['compare', 'one.yaml', 'two.yaml'];

describe('inflow compare', () => {
  test('prints prices, a column per mix, differences with verdicts; writes all of it', async () => {
    const folder = oneAndTwo();
    const { stdout, stderr, code } = await inflow(twoFiles, { in: folder });
    expect([code, stderr]).toEqual([0, 'results: results/one-vs-two/\n']);
    expect(stdout).toMatch(/^one-vs-two {2}A minute of chat\.\n3 replications of 60\.0 s, seed 1/);
    expect(stdout).toMatch(/^compared with one: intervals of 95%$/m);
    expect(stdout).toMatch(
      /^ {2}one {2}2\.35 USD\/h {2}gpu: 1 × h100-sxm \(2\.35 USD\/h each, res/m,
    );
    expect(stdout).toMatch(/^ {2}not at equal cost \(within 3%\): two costs 100% more than one$/m);
    expect(stdout).toMatch(/^ {2}TTFT p50 +[\d.]+ ± [\d.]+ ms +[\d.]+ ± [\d.]+ ms$/m);
    expect(stdout).toMatch(/^two against one +difference +ratio \(95%\) /m);
    expect(stdout).toMatch(/^ {2}E2E p50 +−[\d.]+ ± [\d.]+ ms +0\.\d+ \(0\.\d+–0\.\d+\) +better$/m);
    expect(stdout).toMatch(/^ {2}price +\+2\.35 USD\/h +2\.00 +worse$/m);
    expect(stdout).toMatch(
      /^ {2}people TTFT p50 ≤ 5\.00 s +pass +pass$|^ {2}TTFT p50 ≤ 5\.00 s +pass +pass$/m,
    );
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(readdirSync(join(folder, 'results/one-vs-two')).sort()).toEqual([
      'compare.json',
      'one',
      'two',
    ]);
    expect(readdirSync(join(folder, 'results/one-vs-two/two'))).toContain('summary.json');
  });

  test('--json prints exactly compare.json, which keeps its schema', async () => {
    const folder = oneAndTwo();
    const { stdout } = await inflow([...twoFiles, '--json'], { in: folder });
    const file = join(folder, 'results/one-vs-two/compare.json');
    expect(stdout).toBe(readFileSync(file, 'utf8'));
    const document = compareSchema.parse(JSON.parse(stdout));
    expect(document.mixes.map(({ name, usdPerHour }) => [name, usdPerHour])).toEqual([
      ['one', 2.35],
      ['two', 4.7],
    ]);
    expect(document.replications).toEqual([0, 1, 2]);
  });

  test('one thread and three give the same bytes', async () => {
    const folder = oneAndTwo();
    const run = (workers: string) =>
      inflow([...twoFiles, '--workers', workers, '--out', `by-${workers}`, '--json'], {
        in: folder,
      });
    const [one, three] = await Promise.all([run('1'), run('3')]);
    expect(one!.stdout).toBe(three!.stdout);
    for (const file of ['compare.json', 'one/summary.json', 'two/requests.csv']) {
      const bytes = (workers: number) =>
        readFileSync(join(folder, `by-${workers}/one-vs-two`, file), 'utf8');
      expect(bytes(1)).toBe(bytes(3));
    }
  });

  test('a fleet against itself: 0 everywhere, no difference shown', async () => {
    const folder = folderWith({
      'one.yaml': tinyExperiment({ name: 'one' }),
      'same.yaml': tinyExperiment({ name: 'same' }),
    });
    const words = ['compare', 'one.yaml', 'same.yaml', '--json', '--no-files'];
    const { stdout } = await inflow(words, { in: folder });
    const { rows } = compareSchema.parse(JSON.parse(stdout));
    const paired = rows.flatMap((row) => row.paired);
    expect(paired.length).toBeGreaterThan(8);
    expect(
      paired.filter(({ difference, halfWidth }) => difference !== 0 || halfWidth !== 0),
    ).toEqual([]);
    expect(new Set(paired.map(({ verdict }) => verdict))).not.toContain('better');
    expect(existsSync(join(folder, 'results'))).toBe(false);
  });

  test('the mixes of one file: a folder each; run prints each and points to compare', async () => {
    const fleet = (replicas: number) =>
      `{ fleet: { gpu: { serves: chat, hardware: h100-sxm, price: reserved, replicas: ${replicas} } } }`;
    const text = tinyExperiment({ mixes: `{ small: ${fleet(1)}, large: ${fleet(2)} }` });
    const folder = folderWith({ 'tiny.yaml': text.replace(/^fleet: .*\n/m, '') });
    const words = ['compare', 'tiny.yaml', '--baseline', 'large'];
    const compared = await inflow(words, { in: folder });
    expect([compared.code, compared.stderr]).toEqual([0, 'results: results/tiny/\n']);
    expect(compared.stdout).toMatch(/^small against large /m);
    expect(readdirSync(join(folder, 'results/tiny')).sort()).toEqual([
      'compare.json',
      'large',
      'small',
    ]);
    const run = await inflow(['run', 'tiny.yaml'], { in: folder });
    expect(run.stdout).toMatch(/^tiny\/small {2}[\s\S]*^tiny\/large {2}/m);
    expect(run.stderr).toMatch(
      /^results: results\/tiny\/large\/\nside by side: inflow compare tiny/m,
    );
  });

  test('other seeds and numbers of replications are made equal, and said', async () => {
    const folder = folderWith({
      'one.yaml': tinyExperiment({ name: 'one', seed: '5' }),
      'two.yaml': tinyExperiment({ name: 'two', replications: '2' }),
    });
    const { stdout, stderr } = await inflow([...twoFiles, '--no-files', '--json'], { in: folder });
    expect(stderr).toBe(
      'two.yaml: compared with the seed of one.yaml, 5, not 1\n' +
        'one.yaml: compared over 2 replications, not 3\n',
    );
    const { seed, replications, mixes } = compareSchema.parse(JSON.parse(stdout));
    expect([seed, replications]).toEqual(['5', [0, 1]]);
    expect(mixes[0]!.fingerprints).toEqual(mixes[1]!.fingerprints);
  });

  test('other sessions are named in the block of their mix', async () => {
    const other = tinyExperiment({ name: 'two' }).replace('rate: 2/s', 'rate: 3/s');
    const folder = folderWith({ 'one.yaml': tinyExperiment({ name: 'one' }), 'two.yaml': other });
    const { stdout } = await inflow([...twoFiles, '--no-files'], { in: folder });
    expect(stdout).toMatch(/^ {2}not the same sessions: its population people is another/m);
  });
});

describe('what cannot be compared', () => {
  test.each([
    [['compare', 'one.yaml'], /^one\.yaml has only one fleet: nothing to compare\nGive a second/],
    [['compare', 'one.yaml', 'one.yaml'], /^one\.yaml and one\.yaml are both named "one"\n/],
    [[...twoFiles, '--baseline', 'too'], /^there is no mix "too"\nDid you mean two\?/],
    [
      [...twoFiles, '--workers', '0'],
      /^--workers must be a whole number from 1 to \d+, found "0"\n/,
    ],
    [[...twoFiles, '--workers', '9999'], /^--workers must be .* found "9999"\n/],
  ])('%j is 2', async (words, stderr) => {
    const ended = await inflow(words, { in: oneAndTwo() });
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(stderr);
  });

  test('an absent file is 4', async () => {
    const ended = await inflow(['compare', 'one.yaml', 'nowhere.yaml'], { in: oneAndTwo() });
    expect([ended.code, ended.stdout]).toEqual([4, '']);
  });
});

test('stopped before every mix has a replication, it compares nothing: 130', async () => {
  const folder = oneAndTwo({ horizon: '60d' });
  // What is said about the seeds says that it has begun.
  const other = tinyExperiment({ name: 'two', horizon: '60d', seed: '2' });
  writeFileSync(join(folder, 'two.yaml'), other);
  const { code, stdout, stderr } = await inflow(twoFiles, {
    in: folder,
    started: (child) =>
      child.stderr?.on('data', (text) => {
        if (text.includes('compared with the seed')) child.kill('SIGINT');
      }),
  });
  expect([code, stdout]).toEqual([130, '']);
  expect(stderr).toMatch(
    /stopping: finished .* kept\npartial: 0 of 3 replications of every mix\n$/,
  );
});
