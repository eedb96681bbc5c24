// A profile is found again from what a server with other coefficients would have measured.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { closedLoopPoints } from '../../src/calibrate/closedLoopPoints.js';
import { closedLoopOf, type TableDefaults } from '../../src/calibrate/closedLoopTable.js';
import { fitAccelerator } from '../../src/calibrate/fitAccelerator.js';
import { usualEngine } from '../../src/calibrate/measuredScenario.js';
import { measuredTable } from '../../src/calibrate/measuredTable.js';
import { physicalParameters } from '../../src/calibrate/physicalParameters.js';
import { openAccelerator, profileFolder } from '../../src/calibrate/profileParts.js';
import { readMeasurements } from '../../src/calibrate/readMeasurements.js';
import { calibrateCommand } from '../../src/cli/calibrateCommand.js';
import { runProgram } from '../../src/cli/program.js';
import { mistakeList } from '../../src/mistakes/mistakes.js';
import { sourceText } from '../../src/mistakes/sourceText.js';
import { paints } from '../../src/results/paints.js';

const base = openAccelerator('h100-sxm');
const truth = new Map([
  ['efficiency.bf16.weights', 0.7],
  ['efficiency.bf16.matmul', 0.6],
  ['host.sync', 1.2],
]);
const other = [...truth].reduce<Accelerator>(
  (changed, [name, value]) => physicalParameters.get(name)!.write(changed, value),
  base,
);
const defaults: TableDefaults = {
  accelerator: base,
  model: 'llama-3.1-8b',
  tensorParallel: 1,
  weights: undefined,
  kv: 'bf16',
  engine: usualEngine,
};
/** One closed loop of a table, with TTFT 1 ms. */
function closedLoop(
  concurrency: number,
  promptTokens: number,
  tpotMs: number,
  changes: Partial<TableDefaults> = {},
) {
  const source = sourceText(
    'loops.csv',
    `concurrency,promptTokens,outputTokens,ttftMs,tpotMs\n${concurrency},${promptTokens},256,1,${tpotMs}\n`,
  );
  const [row] = measuredTable(source, mistakeList());
  return closedLoopOf(row!, { ...defaults, ...changes })!;
}

const silent = {
  answer: () => {},
  say: () => {},
  showProgress: () => {},
  columns: 80,
  paint: paints(false),
};

/** Runs the program in this process. */
async function inflow(words: readonly string[]) {
  const told: string[] = [];
  const said: string[] = [];
  const code = await runProgram(words, {
    answer: (text) => told.push(text),
    say: (text) => said.push(text),
    showProgress: () => {},
    columns: 80,
    paint: paints(false),
  });
  return { code, stdout: told.join('\n'), stderr: said.join('\n') };
}

const folder = mkdtempSync(join(tmpdir(), 'inflow-calibrate-'));

/** A table of closed loops as a server with the other coefficients would fill it. */
function closedLoopTable(): string {
  const lines = ['concurrency,promptTokens,outputTokens,ttftMs,tpotMs'];
  for (const concurrency of [1, 8, 32, 128])
    for (const promptTokens of [512, 2048]) {
      const [tpot, ttft] = closedLoopPoints([closedLoop(concurrency, promptTokens, 1)]);
      lines.push(
        [concurrency, promptTokens, 256, ttft!.predictMs(other), tpot!.predictMs(other)].join(','),
      );
    }
  const file = join(folder, 'loops.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const served = [
  '--hardware',
  'h100-sxm',
  '--model',
  'llama-3.1-8b',
  '--engine',
  'vllm 0.19',
  '--date',
  '2026-04',
];

describe('inflow calibrate', () => {
  test('finds the coefficients again, writes a valid profile with its errors and range, and a plot', async () => {
    const out = ['--name', 'found', '--out', folder];
    const free = ['--free', [...truth.keys()].join(',')];
    const run = await inflow(['calibrate', closedLoopTable(), ...served, ...free, ...out]);
    expect(run.code).toBe(0);
    const found = openAccelerator(join(folder, 'found.yaml'));
    for (const [name, value] of truth) {
      const { read } = physicalParameters.get(name)!;
      expect(Math.abs(read(found) / value - 1), name).toBeLessThan(0.1);
    }
    expect(found.calibration).toMatchObject({
      kind: 'fitted',
      engine: 'vllm 0.19',
      date: '2026-04',
      measured: {
        models: ['llama-3.1-8b'],
        accelerators: [1, 1],
        sequences: 128,
        contextTokens: 2304,
      },
    });
    expect(run.stdout).toMatch(/tpot +8 .*\n/);
    expect(run.stdout).toMatch(/unseen lengths +8/);
    const labels = run.stdout.split('\n').flatMap((line) => line.trim().split(/ {2,}/).slice(0, 1));
    const heads = run.stdout.split('\n')[0]!.split(/ {2,}/);
    for (const name of [...heads, ...labels].filter((label) => label !== ''))
      expect(await inflow(['explain', name]), name).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'found.svg'), 'utf8')).toMatch(/^<svg /);
    expect((await inflow(['validate', join(folder, 'found.yaml')])).code).toBe(0);
  });

  test.each([
    [['--free', 'host.snyc'], 'no parameter is called "host.snyc"'],
    [['--weights', 'fp7'], '--weights must be one of'],
    [['--hardware', 'wse-3'], 'wse-3 has no roofline'],
    [['--hardware', 'epyc-host'], 'epyc-host is a host, which runs no model'],
    [['--hardware', 'h100'], '--hardware: unknown hardware profile "h100"\nDid you mean h100-sxm?'],
    [['--model', 'llama-3-8b'], '--model: unknown model "llama-3-8b"\nDid you mean llama-3.1-8b?'],
  ])('%j: %s', async (words, message) => {
    const run = await inflow(['calibrate', closedLoopTable(), ...served, ...words]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
  });

  test('a file that is absent, and one that holds no measurements', async () => {
    const absent = await inflow(['calibrate', join(folder, 'no.csv'), ...served]);
    expect(absent.code).toBe(4);
    const wrong = join(folder, 'wrong.csv');
    writeFileSync(wrong, 'a,b\n1,2\n');
    const run = await inflow(['calibrate', wrong, ...served]);
    expect(run.stderr).toContain('holds no measurements');
  });

  test('results that cannot be written are 4', async () => {
    const taken = join(folder, 'taken');
    writeFileSync(taken, 'a file, not a folder');
    const free = ['--free', 'host.sync'];
    const run = await inflow(['calibrate', closedLoopTable(), ...served, ...free, '--out', taken]);
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/^the results could not be written: .*\nWrite them elsewhere with/);
  });

  test('a table without a TPOT or a step leaves nothing to fit', async () => {
    const file = join(folder, 'ttft.csv');
    writeFileSync(file, 'concurrency,promptTokens,outputTokens,ttftMs,tpotMs\n1,512,256,20,\n');
    const run = await inflow(['calibrate', file, ...served]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('nothing to fit: expected a TPOT');
  });

  test('a profile of one’s own with a mistake is shown with its place', async () => {
    const file = join(folder, 'broken.yaml');
    const shipped = readFileSync(join(profileFolder, 'h100-sxm.yaml'), 'utf8');
    writeFileSync(file, shipped.replace(/^power:/m, 'powre:'));
    const run = await inflow(['calibrate', closedLoopTable(), ...served, '--hardware', file]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/│ powre:/);
    expect(run.stderr).toMatch(/correct the file and give the same command again$/);
  });

  test('a bug of ours is not taken for a mistake of the user', () => {
    const options = { engine: 'vllm 0.19', date: '2026-04', kv: 'bf16', out: folder };
    const counts = { tensorParallel: '1', maxSequences: '1024', maxBatchTokens: '8192' };
    const broken = { ...options, ...counts, model: 'llama-3.1-8b', hardware: undefined as never };
    expect(() => calibrateCommand([closedLoopTable()], broken, silent)).toThrow(TypeError);
  });
});

describe('what benchmarks write', () => {
  const read = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const found = readMeasurements(file, defaults);
    if (found?.kind !== 'requests') throw new Error('no requests');
    const { load, measured } = found.record;
    return {
      sent: [...load.sentMs],
      prompts: [...load.promptTokens],
      ttft: [...measured.ttftMs],
      tpot: [...measured.tpotMs],
      e2e: [...measured.e2eMs],
    };
  };
  // Two requests, the later one first: 100 tokens in, 3 out, TTFT 50 ms, then 10 ms each.
  const expected = {
    sent: [0, 500],
    prompts: [200, 100],
    ttft: [60, 50],
    tpot: [10, 10],
    e2e: [80, 70],
  };
  const rounded = (found: ReturnType<typeof read>) =>
    Object.fromEntries(
      Object.entries(found).map(([key, values]) => [key, values.map((value) => Math.round(value))]),
    );

  test('vLLM bench with details', () => {
    const text = JSON.stringify({
      start_times: [10.5, 10],
      input_lens: [100, 200],
      output_lens: [3, 3],
      ttfts: [0.05, 0.06],
      itls: [
        [0.01, 0.01],
        [0.01, 0.01],
      ],
    });
    expect(rounded(read('vllm.json', text))).toEqual(expected);
  });

  test('AIPerf', () => {
    const line = (start: number, input: number, ttft: number, e2e: number) =>
      JSON.stringify({
        metadata: { request_start_ns: start * 1e9 },
        metrics: {
          time_to_first_token: { value: ttft, unit: 'ms' },
          request_latency: { value: e2e, unit: 'ms' },
          input_sequence_length: { value: input, unit: 'tokens' },
          output_sequence_length: { value: 3, unit: 'tokens' },
        },
      });
    const text = `${line(10.5, 100, 50, 70)}\n${line(10, 200, 60, 80)}\n`;
    expect(rounded(read('profile_export.jsonl', text))).toEqual(expected);
  });

  test('guidellm', () => {
    const request = (start: number, prompt: number, ttft: number, seconds: number) => ({
      request_start_time: start,
      request_end_time: start + seconds,
      prompt_tokens: prompt,
      output_tokens: 3,
      time_to_first_token_ms: ttft,
    });
    const successful = [request(10.5, 100, 50, 0.07), request(10, 200, 60, 0.08)];
    const text = JSON.stringify({ benchmarks: [{ requests: { successful } }] });
    expect(rounded(read('guidellm.json', text))).toEqual(expected);
  });

  test('a table of requests, with a failed one', () => {
    const text =
      'send_s,input_tokens,output_tokens,status,ttft_ms,e2e_ms\n10.5,100,3,ok,50,70\n10,200,3,ok,60,80\n11,9,9,error,1,1\n';
    expect(rounded(read('requests.csv', text))).toEqual(expected);
  });
});

test('a number that the data leave open goes back to the profile, wherever the fit began', () => {
  // 20 ms of device time hide a host of 3 ms as well as one of 2 ms.
  const [point] = closedLoopPoints([
    closedLoop(8, 512, 20, { model: 'llama-3.1-70b', tensorParallel: 2 }),
  ]).filter(({ metric }) => metric === 'tpot');
  const name = 'host.perIteration';
  const { values, fit } = fitAccelerator(base, [name], [point!], new Map([[name, 3]]));
  expect(values.get(name)).toBeCloseTo(physicalParameters.get(name)!.read(base), 3);
  expect(fit.atBound).toEqual([]);
});
