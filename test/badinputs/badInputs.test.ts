import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { loadExperiment } from '../../src/config/loadExperiment.js';
import type { LoadResult } from '../../src/config/loadedExperiment.js';
import { loadMixes, type MixesResult } from '../../src/config/loadMixes.js';
import { formatMistakes } from '../../src/mistakes/formatMistakes.js';
import { type BadInput, badInputCases } from './badInputCases.js';
import { badMixCases } from './badMixCases.js';
import { badSessionCases } from './badSessionCases.js';

const baseOf = (name: string) => readFileSync(new URL(`${name}.yaml`, import.meta.url), 'utf8');
const base = baseOf('base');
const folder = mkdtempSync(join(tmpdir(), 'inflow-bad-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A bad input is refused within this time, on a machine that does other things as well. */
const timeout = 5_000;

describe('the bases of all bad inputs', () => {
  test.each(['base', 'sessions', 'mixes'])('%s is accepted without a warning', (name) => {
    const result = loadAll(baseOf(name));
    if (!result.ok) throw new Error(formatMistakes(result.mistakes, 'x'));
    expect(result.warnings).toEqual([]);
  });
});

const cases = [
  ...badInputCases.map((bad) => ({ ...bad, base: 'base' })),
  ...badSessionCases.map((bad) => ({ ...bad, base: 'sessions' })),
  ...badMixCases.map((bad) => ({ ...bad, base: 'mixes' })),
];

describe('an experiment with one fault is refused with its reason and its line', () => {
  test.each(cases)('$base: $intent', { timeout }, (bad) => {
    const text = edited(bad.edits, baseOf(bad.base));
    const result = loadAll(text);
    if (result.ok) throw new Error('was accepted');
    const errors = result.mistakes.filter((mistake) => mistake.severity === 'error');
    const found = errors.find((mistake) => mistake.code === bad.code);
    expect(errors.map((mistake) => mistake.code)).toContain(bad.code);
    expect(found?.message).toContain(bad.message);
    expect(text.split('\n')[found!.line - 1]).toContain(bad.line);
    if (bad.underlined !== undefined) {
      const { excerpt, caret = 0, length } = found!;
      expect(excerpt.slice(caret, caret + length)).toBe(bad.underlined);
    }
    expect(result.exitCode).toBe(bad.exitCode ?? 2);
    // One fault, one mistake; the one exception takes away a whole section and leaves its entries.
    if (bad.intent !== 'no populations') expect(errors).toHaveLength(1);
    expect(formatMistakes(result.mistakes, 'x')).not.toMatch(/\n +at |node:internal|\.ts:\d/);
  });
});

describe('a file that is not text in YAML is refused', () => {
  const bytes = (...codes: number[]) => Buffer.from(codes);
  test.each([
    ['of zero bytes', Buffer.alloc(0), 'E_EMPTY', 'the file is empty', 0],
    ['of comments', Buffer.from('# nothing\n\n  # here\n'), 'E_EMPTY', 'the file is empty', 0],
    ['that says null', Buffer.from('null\n'), 'E_TYPE', 'expected a mapping at the top level', 1],
    ['that is a list', Buffer.from('- a\n- b\n'), 'E_TYPE', 'found a list', 1],
    ['cut in the middle', Buffer.from('{"inflow":1,"fleet":{"gpu":{"ser'), 'E_PARSE', '', 1],
    ['with two documents in it', Buffer.from('{"inflow":1} {}'), 'E_PARSE', 'unexpected text', 1],
    [
      'with a second document after ---',
      Buffer.from('inflow: 1\n---\ninflow: 1\n'),
      'E_PARSE',
      'a file holds one',
      2,
    ],
    [
      'that is not UTF-8',
      Buffer.concat([Buffer.from('seed: 1 #'), bytes(0xff, 0xfe, 0xff)]),
      'E_ENCODING',
      'invalid UTF-8 at byte 9',
      0,
    ],
    [
      'with a NUL byte',
      Buffer.from('inflow: 1\nname: a\u0000b\n'),
      'E_CTRL',
      'control character U+0000',
      2,
    ],
    [
      'with 20,000 brackets',
      Buffer.from(`inflow: 1\nx: ${'['.repeat(20_000)}`),
      'E_DEPTH',
      'nested deeper than 64 levels',
      2,
    ],
    [
      'with 20,000 nested lists without brackets',
      Buffer.from(`inflow: 1\nx:\n  ${'- '.repeat(20_000)}y`),
      'E_DEPTH',
      'nested deeper than 64 levels',
      3,
    ],
    ['whose aliases multiply', Buffer.from(aliasBomb()), 'E_ALIAS', 'more than 100 aliases', 3],
    [
      'with an alias to itself',
      Buffer.from('inflow: 1\nx: &x [*x]\n'),
      'E_DEPTH',
      'nested deeper than 64 levels',
      2,
    ],
    [
      'with a million values',
      Buffer.from(`x: [${'1,'.repeat(1_000_000)}]`),
      'E_LIMIT',
      'YAML symbols',
      1,
    ],
    ['of 5 MB', Buffer.alloc(5_000_000, 0x23), 'E_SIZE', 'longer than 4 MB', 0],
  ])('%s', { timeout }, (_what, content, code, message, line) => {
    const result = load(content);
    if (result.ok) throw new Error('was accepted');
    expect(result.exitCode).toBe(2);
    expect(result.mistakes).toHaveLength(1);
    expect(result.mistakes[0]).toMatchObject({ code, line });
    expect(result.mistakes[0]!.message).toContain(message);
  });

  test.each([
    ['absent', join(folder, 'absent.yaml'), 'E_ABSENT', 'no such file'],
    ['a folder', folder, 'E_FILE', 'not a regular file'],
    ['a device', '/dev/zero', 'E_FILE', 'not a regular file'],
  ])('that is %s: exit code 4', { timeout }, (_what, file, code, message) => {
    expect(loadExperiment(file, { overrides: [], quick: false })).toMatchObject({
      ok: false,
      exitCode: 4,
      mistakes: [{ code, message, line: 0 }],
    });
  });
});

describe('what only looks bad is accepted', () => {
  const about = 'A valid experiment, of which every bad input is a copy with one fault.';

  test('names that every object has: constructor, toString, hasOwnProperty', () => {
    const text = base
      .replaceAll('small', 'constructor')
      .replaceAll('chat', 'toString')
      .replaceAll('gpu', 'hasOwnProperty')
      .replace('gate:', 'valueOf:');
    const result = load(text);
    if (!result.ok) throw new Error(formatMistakes(result.mistakes, 'x'));
    const { scenario, pools, populations } = result.experiment;
    expect(populations.map(({ name }) => name)).toEqual(['toString']);
    expect(pools.map(({ name }) => name)).toEqual(['hasOwnProperty', 'valueOf']);
    expect(scenario.pools[0]?.serves).toEqual(['constructor']);
    const short = { ...scenario, horizonMs: 10_000 };
    const run = simulate(short, { seed: '1', replication: 0 });
    expect(run.pools[0]).toMatchObject({ name: 'hasOwnProperty' });
    expect(run.pools[0]!.completed).toBeGreaterThan(0);
  });

  test.each([
    ['HTML', '<script>alert(1)</script><img src=x onerror=alert(2)>'],
    ['a formula', '=HYPERLINK("http://127.0.0.1/?x="&A1,"click")'],
    ['an annotation of a CI system', '::error file=app.js,line=1::forged'],
  ])('a label that is %s is kept as it is: outputs must escape it', (_what, label) => {
    const result = load(base.replace(about, JSON.stringify(label)));
    expect(result).toMatchObject({ ok: true, warnings: [], experiment: { about: label } });
  });

  test('a label that steers a terminal is made visible', () => {
    const result = load(base.replace(about, '"\\e[2J\\e]0;owned\\a\\e[31mPASS"'));
    expect(result).toMatchObject({
      ok: true,
      experiment: { about: '\\u001B[2J\\u001B]0;owned\\u0007\\u001B[31mPASS' },
    });
  });

  test('a byte order mark and line ends of Windows', () => {
    expect(load(`\uFEFF${base.replaceAll('\n', '\r\n')}`).ok).toBe(true);
  });

  test.each([
    [
      'a law without a mean',
      '{ median: 100 tokens, sigma: 0.5 }',
      '{ pareto: { min: 1, alpha: 0.9 } }',
      'W_DIST',
      'this law (pareto, alpha 0.9) has no finite mean: averages never settle',
      'output:',
    ],
    [
      'more work than the fleet can do',
      'rate: 2/s',
      'rate: 2000/s',
      'W_LOAD',
      'more is asked than the fleet can roughly do',
      'arrivals:',
    ],
    [
      'a pool that nothing reaches',
      '  gate:\n',
      '  gpu2: { serves: small, hardware: h100-sxm }\n  gate:\n',
      'W_UNREACHABLE',
      'no request can reach this pool',
      'gpu2:',
    ],
    [
      'prompts beyond the window of the model',
      '{ median: 500 tokens, sigma: 1.0, max: 8k tokens }',
      '200k tokens',
      'W_WINDOW',
      'the mean context of 200113 tokens exceeds the 131072 tokens that llama-3.1-8b accepts: such',
      'workload:',
    ],
  ])('with a warning: %s', (_what, from, to, code, message, line) => {
    const text = edited([[from, to]]);
    const result = load(text);
    if (!result.ok) throw new Error(formatMistakes(result.mistakes, 'x'));
    const warning = result.warnings.find((each) => each.code === code);
    expect(warning?.message).toContain(message);
    expect(text.split('\n')[warning!.line - 1]).toContain(line);
  });
});

let fileCount = 0;

function load(content: string | Uint8Array): LoadResult {
  return loadExperiment(written(content), { overrides: [], quick: false });
}

function loadAll(content: string): MixesResult {
  return loadMixes(written(content), { overrides: [], quick: false });
}

function written(content: string | Uint8Array): string {
  const file = join(folder, `case${fileCount++}.yaml`);
  writeFileSync(file, content);
  return file;
}

function edited(edits: BadInput['edits'], from = base): string {
  let text = from;
  for (const [part, instead] of edits) {
    const changed = text.replace(part, () => instead);
    expect(changed, String(part)).not.toBe(text);
    text = changed;
  }
  return text;
}

/** Nine levels of nine aliases: 9^9 values when it is walked. */
function aliasBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
  });
  return levels.join('\n');
}
