/** What stands in files and on the command line reaches the terminal and the logs of a CI as mere text. */
import { beforeAll, describe, expect, test } from 'vitest';
import { buildInflow, folderWith, inflow, tinyExperiment } from './inflow.js';

beforeAll(buildInflow);

/** What steers a terminal, or turns text around. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
/** A line that gives orders to a CI. */
const order = /^\s*::/m;

describe('a message holds nothing that steers a terminal or a CI', () => {
  test.each([
    ['an unknown key', `${tinyExperiment()}"\\e[2Jkey": 1\n`, 'unknown key "[2Jkey"'],
    ['a count', tinyExperiment({ replications: '"x\\n::error file=a::pwned"' }), 'error file=a'],
    ['a duration', tinyExperiment({ horizon: '"5\\u001b]0;P\\u0007"' }), '"]0;P" is not a unit'],
    ['a name', tinyExperiment({ horizon: '"\\u202e5"' }), '"5"'],
    ['a mix', `${tinyExperiment()}mixes: { "\\e[2J\\n::error::x": {} }\n`, 'a name must be plain'],
  ])('%s', async (_, text, said) => {
    const folder = folderWith({ 'a.yaml': text });
    for (const words of [['validate'], ['check', '--reporter', 'github']]) {
      const { stdout, stderr, code } = await inflow([...words, 'a.yaml'], { in: folder });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(said);
      expect(stderr).not.toMatch(steering);
      expect(stderr).not.toMatch(order);
    }
  });

  test.each([
    ['an absent file', ['validate', 'no\u001b[31m\n::error::file.yaml'], 4],
    ['an unknown option', ['run', '--\u001b[31m\n::error::x'], 2],
    ['an unknown command', ['\u001b[31m\n::error::x'], 2],
    ['a file given twice', ['run', './tiny.yaml', '../\n::error::x/tiny.yaml'], 4],
  ] as const)('%s', async (_, words, exitCode) => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const { stderr, code } = await inflow(words, { in: folder });
    expect(code).toBe(exitCode);
    expect(stderr).not.toMatch(steering);
    expect(stderr).not.toMatch(order);
  });
});

test('a value of megabytes is cut in the messages about it', async () => {
  const long = 'x'.repeat(3_000_000);
  const folder = folderWith({
    'key.yaml': `${tinyExperiment()}? ${long}\n: 1\n`,
    'value.yaml': tinyExperiment({ horizon: long }),
    'tag.yaml': tinyExperiment({ horizon: `!${long} 5` }),
  });
  const { stderr, code } = await inflow(['validate', 'key.yaml', 'value.yaml', 'tag.yaml'], {
    in: folder,
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(/unknown key "x{200}/);
  expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(1000);
});
