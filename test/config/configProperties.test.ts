import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadText, loadValid } from './loadText.js';
import { shuffled } from './shuffled.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
const sessions = readFileSync(new URL('../badinputs/sessions.yaml', import.meta.url), 'utf8');
const mixes = readFileSync(new URL('../badinputs/mixes.yaml', import.meta.url), 'utf8');
const quickstart = readFileSync('experiments/quickstart.yaml', 'utf8');

describe('the order of keys in a file', () => {
  test.each([
    ['base', base],
    ['quickstart', quickstart],
  ])('changes neither the scenario nor the hash: %s', (_name, text) => {
    const { scenario, configHash } = loadValid(text);
    fc.assert(
      fc.property(shuffled(parse(text)), (tree) => {
        const other = loadValid(JSON.stringify(tree));
        expect(other.scenario).toEqual(scenario);
        expect(other.configHash).toBe(configHash);
      }),
      { seed: 1, numRuns: 5 },
    );
  });
});

describe('whatever a file holds, loading it gives an experiment or mistakes, and throws nothing', () => {
  const judge = (text: string) => {
    const result = loadText(text);
    if (result.ok) return;
    const lines = text.split('\n').length;
    expect(result.mistakes.some(({ severity }) => severity === 'error')).toBe(true);
    for (const { line, column, message, code } of result.mistakes) {
      expect(line).toBeGreaterThanOrEqual(0);
      expect(line).toBeLessThanOrEqual(lines);
      expect(column).toBeGreaterThanOrEqual(line === 0 ? 0 : 1);
      expect(message).not.toMatch(/undefined|\[object|NaN(?! is)|Invalid input/);
      expect(code).toMatch(/^[EW]_[A-Z_]+$/);
    }
  };

  test('text in which characters were changed, taken away or put in', () => {
    fc.assert(fc.property(mutatedText(base), judge), { seed: 2, numRuns: 120 });
  });

  test.each([
    ['one fleet', base],
    ['sessions', sessions],
    ['mixes', mixes],
  ])('a tree in which some values were replaced by others: %s', (_name, text) => {
    const tree = parse(text) as Tree;
    fc.assert(
      fc.property(mutatedTree(tree), (mutated) => judge(JSON.stringify(mutated, null, 1))),
      { seed: 3, numRuns: 120 },
    );
  });

  test('paths and values of --set', () => {
    const part = fc.constantFrom(
      'fleet',
      'gpu',
      'engine',
      'placement',
      '0',
      'when',
      'populations',
      'chat',
      'arrivals',
      'rate',
      'seed',
      '__proto__',
      'constructor',
      '',
      'x y',
      '[',
      '\u202e',
    );
    const value = fc.oneof(
      fc.constantFrom(...nasty.map((each) => JSON.stringify(each))),
      fc.string(),
    );
    const override = fc
      .tuple(fc.array(part, { maxLength: 5 }), fc.constantFrom('=', '=', '=', ''), value)
      .map(([parts, equals, text]) => parts.join('.') + equals + text);
    fc.assert(
      fc.property(fc.array(override, { maxLength: 3 }), (overrides) => {
        const result = loadText(base, { overrides });
        if (!result.ok) expect(result.mistakes.length).toBeGreaterThan(0);
      }),
      { seed: 4, numRuns: 80 },
    );
  });
});

type Tree = unknown[] | { [key: string]: unknown };

const snippets = [
  '\t',
  '\n',
  ' ',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '!!x ',
  '|',
  '>',
  '%',
  '\u0000',
  '\u202e',
  '\ud800',
  '0777',
  '-0',
  '.nan',
  '1e999',
  'null',
  '~',
  '<<: ',
  '? ',
  '---\n',
  '@',
];

function mutatedText(text: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: text.length - 1 });
  const edit = fc.tuple(
    place,
    fc.nat({ max: 6 }),
    fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 3 })),
  );
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let mutated = text;
    for (const [at, length, inserted] of edits)
      mutated = mutated.slice(0, at) + inserted + mutated.slice(at + length);
    return mutated;
  });
}

const nasty: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  'x',
  'constructor',
  '__proto__',
  '-1s',
  '1e400s',
  '0%',
  '< 1',
  '../..',
  './x.yaml',
  [],
  {},
  [[]],
  [null],
  { x: 1 },
  { mean: '1s' },
  { values: {} },
  { mix: [] },
  { mix: [{ weight: 0, value: 1 }] },
  { median: 0, sigma: 0 },
  'gpu',
  ['gpu', 'gpu'],
  'small',
  '5 tokens',
  '3ms',
];

/** The tree with one to three values replaced, and sometimes a key renamed. */
function mutatedTree(tree: Tree): fc.Arbitrary<Tree> {
  const value = fc.oneof(fc.constantFrom(...nasty), fc.jsonValue({ maxDepth: 2 }));
  const edit = fc.tuple(fc.nat(), value, fc.constantFrom('replace', 'replace', 'rename', 'remove'));
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    const mutated = structuredClone(tree);
    for (const [pick, replacement, how] of edits) {
      const places = placesIn(mutated);
      const [parent, key] = places[pick % places.length]!;
      const container = parent as Record<string, unknown>;
      if (how === 'replace') container[key] = structuredClone(replacement);
      else if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else {
        if (how === 'rename') container[`${key}x`] = container[key];
        delete container[key];
      }
      if (Object.keys(mutated).length === 0) return tree;
    }
    return mutated;
  });
}

function placesIn(tree: Tree): [parent: Tree, key: string][] {
  return Object.entries(tree).flatMap(([key, value]): [Tree, string][] => [
    [tree, key],
    ...(typeof value === 'object' && value !== null ? placesIn(value as Tree) : []),
  ]);
}
