import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildInflow, folderWith, inflow, tinyExperiment } from './inflow.js';

const h100 = fileURLToPath(new URL('../../hardware-profiles/h100-sxm.yaml', import.meta.url));

beforeAll(buildInflow);

describe('mistakes in the command line are 2', () => {
  test.each([
    [['rnu'], "error: unknown command 'rnu'\n(Did you mean run?)"],
    [['run'], "error: missing required argument 'experiments'"],
    [['run', 'a.yaml', '--qick'], "error: unknown option '--qick'\n(Did you mean --quick?)"],
    [['explain', 'tttft'], 'nothing is called "tttft"\nDid you mean ttft?'],
    [['profiles', 'shw'], 'unknown command: inflow profiles shw\nDid you mean show?'],
    [
      ['profiles', 'show', 'h100'],
      'there is no hardware profile or model "h100"\nDid you mean h100-sxm?',
    ],
    [['schema', 'experment'], 'there is no schema for "experment"\nDid you mean experiment?'],
  ])('%j', async (words, stderr) => {
    expect(await inflow(words)).toEqual({ code: 2, stdout: '', stderr: `${stderr}\n` });
  });
});

test('--version and --help answer on stdout and exit with 0', async () => {
  expect((await inflow(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = await inflow(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/Usage: inflow/);
  expect(help.stdout).toMatch(/Exit codes: 0 done, 1 a budget failed/);
});

describe('inflow explain', () => {
  test('a metric: definition, formula, unit', async () => {
    const { stdout, code } = await inflow(['explain', 'tpot']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'TPOT  tpot',
        '  Time per output token: the mean pace of one answer after its first token.',
        '  = (E2E − TTFT) / (output tokens − 1), per request; none for answers of one token',
        '  unit: ms; lower is better; by population, whole run; p50, p95, p99, mean',
        '',
      ].join('\n'),
    );
  });

  test('its label, a word of the table and a key of an experiment are known too', async () => {
    const [label, word, key] = await Promise.all(
      ['prefix hits', 'overloaded', 'fleet.replicas'].map((name) => inflow(['explain', name])),
    );
    expect(label!.stdout).toMatch(/hitRate\n {2}Share of prompt tokens/);
    expect(word!.stdout).toMatch(/grows by more than 2%/);
    expect(key!.stdout).toMatch(/^fleet\.replicas \(key of an experiment\)\n {2}\S/);
  });
});

describe('words of a comparison', () => {
  test.each([
    'better',
    'no difference shown',
    'break-even price',
    'Bonferroni',
    'higher',
    'baseline',
  ])('inflow explain "%s"', async (word) => {
    const { stdout, code } = await inflow(['explain', word]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^.+\n {2}\S/);
  });
});

describe('inflow validate', () => {
  test('says what is fine, with the arithmetic before a run', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const { stdout, stderr, code } = await inflow(['validate', 'tiny.yaml'], { in: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^tiny\.yaml: a valid experiment\n {2}gpu: .*tokens of KV/);
  });

  test('the shipped library is valid', async () => {
    const files = [
      'workloads/chat.yaml',
      'hardware-profiles/h100-sxm.yaml',
      'hardware-profiles/models/llama-3.1-8b.yaml',
    ];
    const { stdout, code } = await inflow(['validate', ...files]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'workloads/chat.yaml: a valid workload',
      'hardware-profiles/h100-sxm.yaml: a valid hardware profile',
      'hardware-profiles/models/llama-3.1-8b.yaml: a valid model profile',
    ]);
  });

  test('a hardware profile that forgets its power is one with a mistake, no experiment', async () => {
    const shipped = readFileSync(h100, 'utf8');
    const folder = folderWith({ 'mine.yaml': shipped.replace(/^power:\n( .*\n)+/m, '') });
    const { stderr, code } = await inflow(['validate', 'mine.yaml'], { in: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mine\.yaml has 1 mistake\n(.*\n)*.*missing "power"/);
  });

  test('all mistakes at once, and an absent file is 4', async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment({ horizon: '60', seed: '[]' }) });
    const malformed = await inflow(['validate', 'tiny.yaml'], { in: folder });
    expect(malformed.code).toBe(2);
    expect(malformed.stderr).toMatch(/^tiny\.yaml has 2 mistakes\n/);
    const both = await inflow(['validate', 'tiny.yaml', 'absent.yaml'], { in: folder });
    expect(both.code).toBe(4);
  });
});

describe('the libraries', () => {
  test('profiles list names hardware and models', async () => {
    const [bare, listed] = await Promise.all([inflow(['profiles']), inflow(['profiles', 'list'])]);
    expect(bare!.stdout).toBe(listed!.stdout);
    expect(bare!.stdout).toMatch(/^hardware profiles\n/);
    expect(bare!.stdout).toMatch(/^ {2}h100-sxm +NVIDIA H100/m);
    expect(bare!.stdout).toMatch(/^ {2}llama-3\.1-8b +Meta Llama/m);
  });

  test('profiles show gives every number its kind and source', async () => {
    const { stdout } = await inflow(['profiles', 'show', 'h100-sxm']);
    expect(stdout).toMatch(/^bandwidth +3\.35 TB\/s +spec/m);
    expect(stdout).toMatch(
      /^prices\.on-demand +2\.95 USD\/h +measured +2026-05-20\n.*term +by the hour +measured +2026-05-20\n {4}median of/m,
    );
  });

  test('workloads show ends with the sources', async () => {
    const { stdout } = await inflow(['workloads', 'show', 'chat']);
    expect(stdout).toMatch(/^request\.prompt\.p50 +1020 tokens$/m);
    expect(stdout).toMatch(/^sources\n {2}\S/m);
  });
});

test.each(['experiment', 'workload', 'hardware', 'model', 'result', 'comparison'])(
  'inflow schema %s is a JSON Schema',
  async (kind) => {
    const { stdout } = await inflow(['schema', kind]);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: expect.stringMatching(/^Inflow /),
    });
  },
);
