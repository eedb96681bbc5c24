import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildInflow, folderWith, inflow, tinyExperiment } from './inflow.js';

beforeAll(buildInflow);

const holds = '[ { metric: ttft, quantile: 0.5, max: 5s } ]';
const breaks = '[ { metric: ttft, quantile: 0.5, max: 5s }, { metric: ttft, max: 1ms } ]';
const warns =
  '[ { metric: ttft, quantile: 0.5, max: 5s }, { metric: ttft, max: 1ms, level: warn } ]';
/** Two requests a second for a minute, three times, are too few for a p99. */
const undecided = '[ { metric: ttft, quantile: 0.99, max: 5s } ]';

function folderFor(budgets: string): string {
  return folderWith({ 'tiny.yaml': tinyExperiment({ budgets }) });
}

describe('inflow check', () => {
  test.each([
    ['all hold', holds, 0, /^ {2}pass {2}TTFT p50 ≤ 5\.00 s/m, /^1 budget: all held$/m],
    ['one is broken', breaks, 1, /^ {2}fail {2}TTFT ≤ 1\.00 ms/m, /^2 budgets: 1 failed, 1 held$/m],
    ['one is too little', undecided, 3, /^ {2}undecided /m, /^1 budget: 1 could not be judged$/m],
    ['a warning fails nothing', warns, 0, /^ {2}warn /m, /: 1 not held, of level warn, 1 held$/m],
  ] as const)('%s', async (_, budgets, exitCode, line, sum) => {
    const { stdout, stderr, code } = await inflow(['check', 'tiny.yaml'], {
      in: folderFor(budgets),
    });
    expect([code, stderr]).toEqual([exitCode, '']);
    expect(stdout).toMatch(/^tiny {2}tiny\.yaml\n/);
    expect(stdout).toMatch(line);
    expect(stdout).toMatch(sum);
  });

  test('a broken budget wins over one that could not be judged', async () => {
    const folder = folderWith({
      'a.yaml': tinyExperiment({ name: 'a', budgets: undecided }),
      'b.yaml': tinyExperiment({ name: 'b', budgets: breaks }),
    });
    expect((await inflow(['check', 'a.yaml', 'b.yaml'], { in: folder })).code).toBe(1);
  });

  test('a failure prints the command that replays it', async () => {
    const folder = folderFor(breaks);
    const words = ['check', 'tiny.yaml', '--seed', '9', '--set', 'fleet.gpu.replicas=2'];
    const { stdout } = await inflow(words, { in: folder });
    const [, replay] = /^ {2}replay: inflow (.*)$/m.exec(stdout)!;
    expect(replay).toBe('run tiny.yaml --seed 9 --set fleet.gpu.replicas=2');
    const again = await inflow([...replay!.split(' '), '--no-files'], { in: folder });
    const [, verdict] = /^( {2}fail .*)$/m.exec(stdout)!;
    expect(again.stdout).toContain(verdict);
  });

  test('without files: all in experiments/ that have budgets', async () => {
    const folder = folderWith({
      'a.yaml': tinyExperiment({ name: 'a', budgets: holds }),
      'b.yaml': tinyExperiment({ name: 'b', budgets: '[]' }),
      'notes.txt': 'not an experiment',
    });
    const nothing = await inflow(['check'], { in: folder });
    expect([nothing.code, nothing.stdout]).toEqual([2, '']);
    expect(nothing.stderr).toMatch(/^there is no folder "experiments".*\nName them: inflow check/);
    mkdirSync(join(folder, 'experiments'));
    for (const name of ['a.yaml', 'b.yaml', 'notes.txt']) {
      renameSync(join(folder, name), join(folder, 'experiments', name));
    }
    const { stdout, stderr, code } = await inflow(['check'], { in: folder });
    expect([code, stderr]).toEqual([0, 'experiments/b.yaml: no budgets, so not checked\n']);
    expect(stdout).toMatch(/^a {2}experiments\/a\.yaml\n/);
  });

  test('every mix of a file is judged', async () => {
    const fleet = '{ fleet: { gpu: { serves: chat, hardware: h100-sxm } } }';
    const text = tinyExperiment({ mixes: `{ x: ${fleet}, y: ${fleet} }`, budgets: holds });
    const folder = folderWith({ 'tiny.yaml': text.replace(/^fleet: .*\n/m, '') });
    const { stdout, code } = await inflow(['check', 'tiny.yaml'], { in: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tiny\/x {2}[\s\S]*^tiny\/y {2}[\s\S]*^2 budgets: all held$/m);
  });

  test('nothing to judge is a mistake, and so is a reporter that does not exist', async () => {
    const none = await inflow(['check', 'tiny.yaml'], { in: folderFor('[]') });
    expect([none.code, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toMatch(/there is no budget to check\n/);
    const words = ['check', 'tiny.yaml', '--reporter', 'juint'];
    expect((await inflow(words, { in: folderFor(holds) })).code).toBe(2);
    expect((await inflow(['check', 'nowhere.yaml'])).code).toBe(4);
  });
});

describe('reporters', () => {
  test('junit prints one XML document, the same bytes for any number of workers', async () => {
    const folder = folderFor(breaks);
    const run = (workers: string) =>
      inflow(['check', 'tiny.yaml', '--reporter', 'junit', '--workers', workers], { in: folder });
    const [one, two] = await Promise.all([run('1'), run('2')]);
    expect([one!.code, one!.stderr]).toEqual([1, '']);
    expect(one!.stdout).toBe(two!.stdout);
    expect(one!.stdout).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="inflow check" tests="2" failures="1" errors="0" skipped="0">\n/,
    );
    expect(one!.stdout).toMatch(/<\/testsuites>\n$/);
    expect(one!.stdout).toMatch(/<testcase name="TTFT p50 ≤ 5\.00 s" classname="tiny" .*\/>/);
    expect(one!.stdout).toMatch(
      /<failure message="fail: .*">replay: inflow run tiny\.yaml --seed 1</,
    );
  });

  test('github prints the text, then an annotation at the line of the budget', async () => {
    const folder = folderFor(breaks);
    const words = ['check', 'tiny.yaml', '--reporter', 'github'];
    const { stdout, code } = await inflow(words, { in: folder });
    expect(code).toBe(1);
    const commands = stdout.split('\n').filter((line) => line.startsWith('::'));
    const line = tinyExperiment().trimEnd().split('\n').length;
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(
      new RegExp(
        `^::error file=tiny\\.yaml,line=${line},title=budget broken::tiny: TTFT ≤ 1\\.00 ms: `,
      ),
    );
    expect(stdout).toMatch(/^2 budgets: 1 failed, 1 held$/m);
  });

  test.each([
    ['text', /^2 budgets: 2 could not be judged$/m],
    ['junit', /^<testsuites name="inflow check" tests="2" failures="0" errors="2" skipped="0">$/m],
    ['github', /^::error file=b\.yaml,line=\d+,title=budget without data::b: .*not judged/m],
  ])('%s names what was not judged because the check was interrupted', async (reporter, said) => {
    const long = { horizon: '60d', replications: '1', budgets: holds };
    const folder = folderWith({
      'a.yaml': tinyExperiment({ ...long, name: 'a' }),
      'b.yaml': tinyExperiment({ ...long, name: 'b' }),
      'none.yaml': tinyExperiment({ budgets: '[]' }),
    });
    const words = ['check', 'a.yaml', 'b.yaml', 'none.yaml', '--reporter', reporter];
    const { stdout, code } = await inflow(words, {
      in: folder,
      started: (child) =>
        child.stderr?.on('data', (text) => {
          if (text.includes('no budgets')) child.kill('SIGINT');
        }),
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(said);
    expect(stdout).not.toContain('held');
  });
});
