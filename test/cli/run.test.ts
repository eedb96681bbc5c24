import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { resultSchema } from '../../src/results/resultSchema.js';
import { buildInflow, folderWith, inflow, tinyExperiment } from './inflow.js';

beforeAll(buildInflow);

describe('inflow run', () => {
  test('prints the table on stdout, the rest on stderr, and writes four files', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const { stdout, stderr, code } = await inflow(['run', 'tiny.yaml'], { in: folder });
    expect(code).toBe(0);
    expect(stderr).toBe('results: results/tiny/\n');
    expect(stdout).toMatch(
      /^tiny {2}A minute of chat\.\n3 replications of 60\.0 s, seed 1, engine/,
    );
    expect(stdout).toMatch(/^ {2}TTFT +[\d.]+ ± [\d.]+ ms/m);
    expect(stdout).toMatch(/^stability {2}stable/m);
    expect(stdout).toMatch(/^warm-up {4}nothing cut \(set by the experiment\)$/m);
    expect(stdout).toMatch(/^engine {5}gpu: vllm-0\.19, async scheduling/m);
    expect(stdout).toMatch(/^profiles {3}gpu: h100-sxm, (calibrated|extrapolated)/m);
    expect(stdout).toMatch(/^ {2}pass {2}TTFT p50 ≤ 5\.00 s/m);
    expect(stdout).toMatch(/^ {2}fail {2}TTFT ≤ 1\.00 ms/m);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(readdirSync(join(folder, 'results/tiny')).sort()).toEqual([
      'requests.csv',
      'run-info.json',
      'summary.json',
      'timeline.csv',
    ]);
  });

  test('summary.json keeps its schema, and requests.csv has a row per request', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    await inflow(['run', 'tiny.yaml', '--out', 'answers'], { in: folder });
    const read = (file: string) => readFileSync(join(folder, 'answers/tiny', file), 'utf8');
    const summary = resultSchema.parse(JSON.parse(read('summary.json')));
    expect(summary.fingerprints).toHaveLength(3);
    const requests = Object.values(summary.outcomes).reduce((total, count) => total + count, 0);
    expect(read('requests.csv').trimEnd().split('\n')).toHaveLength(1 + requests);
    expect(read('requests.csv')).toMatch(/^replication,request,population,pool,replica,outcome,/);
    // 200 bins in each of three replications.
    expect(read('timeline.csv').trimEnd().split('\n').length).toBeGreaterThanOrEqual(601);
    expect(summary.vllmBench['mean_ttft_ms']).toBeGreaterThan(0);
  });

  test('the same seed gives the same bytes, another seed others', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const run = (...words: string[]) => inflow(['run', 'tiny.yaml', ...words], { in: folder });
    await Promise.all([run('--out', 'a'), run('--out', 'b'), run('--out', 'c', '--seed', '2')]);
    for (const file of ['summary.json', 'requests.csv', 'timeline.csv']) {
      const bytes = (out: string) => readFileSync(join(folder, out, 'tiny', file), 'utf8');
      expect(bytes('a')).toBe(bytes('b'));
      expect(bytes('a')).not.toBe(bytes('c'));
    }
  });

  test('--json prints exactly the document that is written', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const { stdout } = await inflow(['run', 'tiny.yaml', '--json'], { in: folder });
    expect(stdout).toBe(readFileSync(join(folder, 'results/tiny/summary.json'), 'utf8'));
  });

  test('--json prints one document for two experiments', async () => {
    const folder = folderWith({
      'tiny.yaml': tinyExperiment(),
      'other.yaml': tinyExperiment({ name: 'other', horizon: '30s' }),
    });
    const words = ['run', 'tiny.yaml', 'other.yaml', '--json', '--no-files'];
    const { stdout } = await inflow(words, { in: folder });
    const { schema, experiments } = JSON.parse(stdout);
    expect(schema).toBe('inflow-summaries/1');
    expect(
      experiments.map((each: { experiment: { name: string } }) => each.experiment.name),
    ).toEqual(['tiny', 'other']);
  });

  test('--no-files writes nothing; --set and --replications change what is run', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const changes = ['--set', 'fleet.gpu.replicas=2', '--replications', '2', '--no-files'];
    const { stdout, code } = await inflow(['run', 'tiny.yaml', ...changes], { in: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2 replications/m);
    expect(stdout).toMatch(/price +4\.70 USD\/h/);
    expect(existsSync(join(folder, 'results'))).toBe(false);
  });

  test('an overloaded fleet is called that, and no budget is judged', async () => {
    const overload = { replications: '2', fleet: '{ gpu: { serves: chat, hardware: h100-sxm } }' };
    const text = tinyExperiment(overload).replace('rate: 2/s', 'rate: 2000/s');
    const folder = folderWith({ 'tiny.yaml': text });
    const { stdout, stderr, code } = await inflow(['run', 'tiny.yaml', '--no-files'], {
      in: folder,
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning/);
    expect(stdout).toMatch(/^stability {2}overloaded: /m);
    expect(stdout).toMatch(/TTFT .*grows with run length/);
    expect(stdout).not.toMatch(/^ {2}(pass|fail)/m);
  });
});

describe('what cannot be run', () => {
  test('an absent file is 4, a mistake in a file is 2, with its place', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment({ horizon: '60' }) });
    const absent = await inflow(['run', 'nowhere.yaml'], { in: folder });
    expect([absent.code, absent.stdout]).toEqual([4, '']);
    const malformed = await inflow(['run', 'tiny.yaml'], { in: folder });
    expect([malformed.code, malformed.stdout]).toEqual([2, '']);
    expect(malformed.stderr).toMatch(/6 │ horizon: 60\n +│ +\^\^ /);
    expect(malformed.stderr).toMatch(/check again: inflow validate tiny\.yaml\n$/);
  });

  test('two experiments of one name would overwrite each other: 2', async () => {
    const folder = folderWith({ 'a.yaml': tinyExperiment(), 'b.yaml': tinyExperiment() });
    const { code, stderr } = await inflow(['run', 'a.yaml', 'b.yaml'], { in: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^a\.yaml and b\.yaml are both named "tiny"/);
  });

  test('results that cannot be written are 4, and the table is printed all the same', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment(), taken: 'a file, not a folder' });
    const { code, stdout, stderr } = await inflow(['run', 'tiny.yaml', '--out', 'taken'], {
      in: folder,
    });
    expect(code).toBe(4);
    expect(stdout).toMatch(/TTFT/);
    expect(stderr).toMatch(
      /^the results could not be written: .*\nWrite them elsewhere with --out/,
    );
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s keeps what is finished and exits with %d', async (signal, exitCode) => {
    const folder = folderWith({
      'tiny.yaml': tinyExperiment(),
      'endless.yaml': tinyExperiment({ name: 'endless', horizon: '60d', replications: '1' }),
    });
    const { code, stdout, stderr } = await inflow(['run', 'tiny.yaml', 'endless.yaml', '--json'], {
      in: folder,
      started: (child) =>
        child.stderr?.on('data', (text) => {
          if (text.includes('results: results/tiny/')) child.kill(signal);
        }),
    });
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(/stopping: finished replications are kept/);
    expect(stderr).toMatch(/endless: stopped before a replication was finished/);
    expect(JSON.parse(stdout).experiment.name).toBe('tiny');
    expect(readdirSync(join(folder, 'results'))).toEqual(['tiny']);
  });
});

test('a reader that goes away ends it quietly', async () => {
  const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
  const { stderr } = await inflow(['run', 'tiny.yaml', '--json', '--no-files'], {
    in: folder,
    started: (child) => child.stdout?.destroy(),
  });
  expect(stderr).toBe('');
});

test('old results are replaced as a whole', async () => {
  const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
  await inflow(['run', 'tiny.yaml'], { in: folder });
  writeFileSync(join(folder, 'results/tiny/requests.csv'), 'left over');
  await inflow(['run', 'tiny.yaml'], { in: folder });
  expect(readFileSync(join(folder, 'results/tiny/requests.csv'), 'utf8')).toMatch(/^replication,/);
  expect(readdirSync(join(folder, 'results/tiny'))).toHaveLength(4);
});

test('the sources run without being built, as in `npm run demo`', async () => {
  const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
  const words = ['run', join(folder, 'tiny.yaml'), '--no-files', '--replications', '2'];
  const { stdout, code } = await inflow(words, { fromSources: true });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^2 replications of 60\.0 s/m);
});
