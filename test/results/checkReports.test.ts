import { describe, expect, test } from 'vitest';
import { type CheckedExperiment, consequenceOf } from '../../src/results/checkedExperiment.js';
import { checkText } from '../../src/results/checkText.js';
import { githubAnnotations } from '../../src/results/githubAnnotations.js';
import type { BudgetVerdict } from '../../src/results/judgeBudgets.js';
import { junitText } from '../../src/results/junitText.js';
import { paints } from '../../src/results/paints.js';
import { exampleBudget } from './exampleExperiment.js';

function verdict(
  kind: BudgetVerdict['verdict'],
  changes: Partial<BudgetVerdict['budget']> = {},
): BudgetVerdict {
  const budget = exampleBudget({ line: 14, ...changes });
  return { budget, verdict: kind, value: undefined, profileError: 0, reason: `because ${kind}` };
}

const checked: CheckedExperiment = {
  experiment: { file: 'experiments/a,b:c 50%.yaml', name: 'mixes', mix: 'gpu-only' },
  verdicts: [
    verdict('pass'),
    verdict('fail'),
    verdict('undecided'),
    verdict('noData'),
    verdict('fail', { level: 'warn' }),
    verdict('undecided', { level: 'warn' }),
  ],
  replay: "inflow run 'experiments/a,b:c 50%.yaml' --seed 7",
};

test('what a verdict means for a build: warnings never break it, missing evidence never passes', () => {
  expect(checked.verdicts.map(consequenceOf)).toEqual([
    'holds',
    'breaks',
    'unjudged',
    'unjudged',
    'mentioned',
    'mentioned',
  ]);
});

test('the text ends with the replay and the sum', () => {
  const text = checkText([checked], paints(false));
  expect(text[0]).toBe('mixes/gpu-only  experiments/a,b:c 50%.yaml');
  expect(text.slice(-3)).toEqual([
    "  replay: inflow run 'experiments/a,b:c 50%.yaml' --seed 7",
    '',
    '6 budgets: 1 failed, 2 could not be judged, 2 not held, of level warn, 1 held',
  ]);
  const fine = { ...checked, verdicts: [verdict('pass')] };
  expect(checkText([fine], paints(false)).at(-1)).toBe('1 budget: all held');
});

describe('GitHub annotations', () => {
  test('an error for what breaks the build, a warning for the rest, nothing for a pass', () => {
    const lines = githubAnnotations([checked]);
    expect(lines.map((line) => /^::(\w+) /.exec(line)![1])).toEqual([
      'error',
      'error',
      'error',
      'warning',
      'warning',
    ]);
  });

  test('names are escaped as properties, texts as data, on one line each', () => {
    expect(githubAnnotations([checked])[0]).toBe(
      '::error file=experiments/a%2Cb%3Ac 50%25.yaml,line=14,title=budget broken::' +
        'mixes/gpu-only: chat TTFT ≤ 1.50 s: broken, because fail%0A' +
        "replay: inflow run 'experiments/a,b:c 50%25.yaml' --seed 7",
    );
  });

  test('a file name cannot give orders', () => {
    const experiment = { file: 'a\n::set-output name=x::y', name: 'a', mix: undefined };
    const [line, ...others] = githubAnnotations([
      { experiment, verdicts: [verdict('fail')], replay: 'inflow run' },
    ]);
    expect(others).toEqual([]);
    expect(line).not.toMatch(/[\n\r]/);
    expect(line!.split('::')).toHaveLength(3);
    expect(checkText([{ ...checked, experiment }], paints(false)).join('\n')).not.toMatch(/^::/m);
  });
});

describe('JUnit', () => {
  test('a failure, two errors and two skipped of six, in well-formed XML', () => {
    const text = junitText([checked]).join('\n');
    expect(elementsOf(text)).toEqual([
      'testsuites',
      'testsuite',
      ...['testcase'],
      ...['testcase', 'failure'],
      ...['testcase', 'error'],
      ...['testcase', 'error'],
      ...['testcase', 'skipped'],
      ...['testcase', 'skipped'],
    ]);
    expect(text).toContain('tests="6" failures="1" errors="2" skipped="2"');
    expect(text).toContain('file="experiments/a,b:c 50%.yaml" line="14"');
  });

  test('what XML cannot hold is escaped or dropped', () => {
    const file = 'a"<&>\u0000\ufffe\ud800.yaml';
    const experiment = { file, name: 'a', mix: undefined };
    const text = junitText([{ ...checked, experiment }]).join('\n');
    expect(text).toContain('file="a&quot;&lt;&amp;&gt;.yaml"');
    elementsOf(text);
  });
});

/** The names of all elements in their order. Fails on XML that is not well-formed. */
function elementsOf(text: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const body = text.replace(/^<\?xml [^?]*\?>/, '');
  const attribute = '\\s+[\\w-]+="(?:[^"<&]|&(?:amp|lt|gt|quot);)*"';
  const token = new RegExp(
    `<(/?)([\\w-]+)((?:${attribute})*)\\s*(/?)>|(?:[^<&]|&(?:amp|lt|gt|quot);)+`,
    'gy',
  );
  for (let at = 0; at < body.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(body);
    if (!found) throw new Error(`not well-formed: ${body.slice(at, at + 40)}`);
    const [, isEnd, name, , isEmpty] = found;
    if (name === undefined) continue;
    if (isEnd) expect(open.pop()).toBe(name);
    else names.push(name);
    if (!isEnd && !isEmpty) open.push(name);
  }
  expect(open).toEqual([]);
  return names;
}
