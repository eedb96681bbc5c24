/** Every name that a run, a comparison or the gate prints or writes is known to `inflow explain`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describedKeys } from '../../src/cli/describedKeys.js';
import { explainText } from '../../src/cli/explainText.js';
import { paints } from '../../src/results/paints.js';
import { buildInflow, folderWith, inflow } from './inflow.js';

beforeAll(buildInflow);

const root = new URL('../..', import.meta.url).pathname;
const explained = (name: string) => explainText(name, paints(false)).join('\n');

/** Those of the names that nothing is known about. */
function unexplained(names: Iterable<string>): string[] {
  return [...new Set(names)].filter((name) => {
    try {
      return explained(name) === '';
    } catch {
      return true;
    }
  });
}

/** What stands in tables beside numbers: labels, heads and verdicts, without the names that the experiment gives. */
function labelsIn(text: string, given: readonly string[]): string[] {
  const labels = text.split('\n').flatMap((line) => {
    const cells = line.trim().split(/ {2,}/);
    const isRow = /^ {0,2}\S/.test(line) && cells.length > 1;
    const rest = isRow ? cells.slice(1) : /^ {3,}/.test(line) && cells.length > 1 ? cells : [];
    // A value is no word; nor is a sentence.
    const words = rest.filter((cell) => /^(\d+ )?[a-z][a-zA-Z -]*( \(.*%\))?$|^p\d+$/.test(cell));
    const found = words.flatMap((word) => word.replace(/ \(.*\)$/, '').split(', '));
    return [...(isRow ? [cells[0]!] : []), ...found.map((word) => word.replace(/^\d+ /, ''))];
  });
  const named = new RegExp(`^(${given.join('|')})( |$)`);
  return labels
    .map((label) => label.replace(/ [≤≥] .*$/, '').replace(named, ''))
    .filter((label) => label !== '' && !/^against /.test(label));
}

/** Names of the columns of a CSV file. */
const columnsOf = (file: string) => readFileSync(file, 'utf8').split('\n')[0]!.split(',');

/** All keys of a JSON document, with its path; numbers of lists left out. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => keysOf(each, path));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const below = path === '' ? key : `${path}.${key}`;
    return [below, ...keysOf(part, below)];
  });
}

/** Keys that the experiment names: pools. */
const givenKeys = /\.?(flags|profiles)\.[^.]+$/;

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('a run of people and programs', () => {
  let printed: string;
  let folder: string;
  beforeAll(async () => {
    folder = folderWith({});
    const file = join(root, 'experiments/quickstart.yaml');
    ({ stdout: printed } = await inflow(['run', file, '--quick'], { in: folder }));
    folder = join(folder, 'results/quickstart');
  }, 120_000);

  test('labels of its tables', () => {
    const given = ['quickstart', 'people', 'programs', 'gateway', 'fast', 'gpu'];
    const labels = labelsIn(printed, given);
    expect(labels).toEqual(
      expect.arrayContaining(['TTFT', '· iteration', 'ITL p99', 'pass', 'p95']),
    );
    expect(unexplained(labels)).toEqual([]);
  });

  test('columns and keys of its files', () => {
    expect(readdirSync(folder)).toContain('summary.json');
    for (const file of ['requests.csv', 'timeline.csv']) {
      const meant = columnsOf(join(folder, file)).map((name) => explained(name));
      expect(meant.filter((text) => !text.includes(`column of ${file}`))).toEqual([]);
    }
    const keys = keysOf(readJson(join(folder, 'summary.json')));
    expect(unexplained(keys.filter((key) => !givenKeys.test(key)))).toEqual(
      keys.filter((key) => /^(outcomes|turns)\./.test(key)),
    );
    const outcomes = keys.flatMap((key) => /^outcomes\.(.*)/.exec(key)?.slice(1) ?? []);
    expect(outcomes).toContain('completed');
    expect(unexplained(outcomes)).toEqual([]);
    expect(unexplained(keysOf(readJson(join(folder, 'run-info.json'))))).toEqual([]);
  });
});

describe('a comparison of mixes for people with sessions', () => {
  let printed: string;
  let folder: string;
  beforeAll(async () => {
    folder = folderWith({});
    const file = join(root, 'experiments/mixes-small.yaml');
    ({ stdout: printed } = await inflow(['compare', file, '--quick'], { in: folder }));
    folder = join(folder, 'results/mixes-small');
  }, 120_000);

  test('labels of its tables', () => {
    const given = ['mixes-small', 'gpu-only', 'gpu-and-fast', 'gpu-fast-and-state'];
    const labels = labelsIn(printed, [...given, 'developers', 'api', 'fast', 'gpu']);
    expect(labels).toEqual(
      expect.arrayContaining(['humanInFlowLatency p50', 'difference', 'better', 'flow fraction']),
    );
    expect(unexplained(labels)).toEqual([]);
  });

  test('columns and keys of its files', () => {
    const mix = join(folder, 'gpu-fast-and-state');
    for (const file of ['requests.csv', 'turns.csv', 'sessions.csv', 'timeline.csv']) {
      const meant = columnsOf(join(mix, file)).map((name) => explained(name));
      expect(meant.filter((text) => !text.includes(`column of ${file}`))).toEqual([]);
    }
    const keys = keysOf(readJson(join(folder, 'compare.json')));
    expect(unexplained(keys.filter((key) => !givenKeys.test(key)))).toEqual([]);
    const { turns } = readJson(join(mix, 'summary.json')) as { turns: object };
    expect(Object.keys(turns)).toContain('answered');
    expect(unexplained(Object.keys(turns))).toEqual([]);
    expect(unexplained(keysOf(readJson(join(mix, 'slowest-turns.json'))).map(lastPart))).toEqual(
      [],
    );
  });
});

const lastPart = (path: string) => path.split('.').at(-1)!;

test('inflow check: verdicts and sums', async () => {
  const file = join(root, 'experiments/quickstart.yaml');
  const { stdout } = await inflow(['check', file, '--quick']);
  const labels = labelsIn(stdout, ['quickstart']);
  expect(labels).toContain('pass');
  expect(unexplained(labels)).toEqual([]);
  expect(unexplained(['failed', 'could not be judged', 'not held, of level warn', 'held'])).toEqual(
    [],
  );
});

test('every key of the result documents has a description', () => {
  const described = describedKeys().map(({ path, file }) => `${file} ${path}`);
  for (const [file, path] of [
    ['summary.json', 'metrics.doubt'],
    ['summary.json', 'metrics.note'],
    ['summary.json', 'vllmBench.p99_ttft_ms'],
    ['compare.json', 'rows.values.samples'],
    ['compare.json', 'rows.paired.profileError'],
  ])
    expect(described).toContain(`${file} ${path}`);
});

test('one name with several meanings: each with its file', () => {
  expect(explained('startMs')).toBe(
    [
      'startMs (column of sessions.csv)',
      '  ms since the start of the run (below 0: before it): the first submit.',
      '',
      'startMs (column of timeline.csv)',
      '  ms since the start of the run: the time bin begins.',
      '',
      'startMs (key of slowest-turns.json)',
      '  ms since the start of the run: the step begins.',
    ].join('\n'),
  );
});

test('a warm-up is found on turns where humans hold sessions', () => {
  expect(explained('warm-up')).toContain('perceived wait');
  expect(explained('MSER-5')).toContain('means of five turns or requests');
});
