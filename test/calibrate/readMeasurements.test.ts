// What is wrong with a file of measurements is said with its place, all of it at once.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { TableDefaults } from '../../src/calibrate/closedLoopTable.js';
import { usualEngine } from '../../src/calibrate/measuredScenario.js';
import { openAccelerator } from '../../src/calibrate/profileParts.js';
import { readMeasurements } from '../../src/calibrate/readMeasurements.js';
import { MistakesFound } from '../../src/mistakes/mistakesFound.js';

const folder = mkdtempSync(join(tmpdir(), 'inflow-measured-'));
const defaults: TableDefaults = {
  accelerator: openAccelerator('h100-sxm'),
  model: 'llama-3.1-8b',
  tensorParallel: 1,
  weights: undefined,
  kv: 'bf16',
  engine: usualEngine,
};

function read(name: string, content: string | Uint8Array) {
  const file = join(folder, name);
  writeFileSync(file, content);
  return readMeasurements(file, defaults);
}

/** `line:column message`, with the hint behind it. */
function mistakesOf(name: string, content: string | Uint8Array): string[] {
  try {
    read(name, content);
  } catch (problem) {
    if (!(problem instanceof MistakesFound)) throw problem;
    return problem.mistakes.map(({ file, line, column, message, hint }) => {
      expect(file).toBe(join(folder, name));
      return `${line}:${column} ${message}${hint === undefined ? '' : `. ${hint}`}`;
    });
  }
  return [];
}

const emptyHint = 'Leave the cell empty where nothing was measured';

describe('a table of closed loops', () => {
  const head =
    'concurrency,promptTokens,outputTokens,ttftMs,tpotMs,model,tensorParallel,weights,kv';

  test('empty cells were not measured, or are as the options say', () => {
    const found = read('loops.csv', `${head}\r\n8,512,256,,20,,,,\r\n\r\n`);
    if (found?.kind !== 'closed loops') throw new Error('no closed loops');
    expect(found.rows).toHaveLength(1);
    const { ttftMs, tpotMs, deployment } = found.rows[0]!;
    expect([ttftMs, tpotMs, deployment.tensorParallel]).toEqual([Number.NaN, 20, 1]);
    expect([deployment.model.name, deployment.kvPrecision]).toEqual(['llama-3.1-8b', 'bf16']);
  });

  test('whatever else is no number in bounds, no precision, or no model is said, all of it', () => {
    const rows = [
      '8,512,256,abc,-3,llama-3.1-8,0,fp7,foo',
      '1.5,,256,0,nan,,1,,',
      '8,512,256,1',
      ' 8 ,"512",1e2,0x10,20,,,,',
    ];
    expect(mistakesOf('loops.csv', [head, ...rows].join('\n'))).toEqual([
      `2:11 ttftMs: expected a time, found text "abc". ${emptyHint}`,
      `2:15 tpotMs: expected a time greater than 0, found -3. ${emptyHint}`,
      '2:18 model: unknown model. Did you mean llama-3.1-8b?',
      '2:30 tensorParallel: expected a number of accelerators of at least 1, found 0',
      '2:32 weights: expected a precision, found text "fp7". Did you mean fp8?',
      '2:36 kv: expected a precision, found text "foo". Possible: bf16, fp8, int8, fp4, int4',
      '3:1 concurrency: expected a number of clients without a fraction, found 1.5',
      '3:5 promptTokens: expected a number of tokens, found nothing',
      `3:10 ttftMs: expected a time greater than 0, found 0. ${emptyHint}`,
      `3:12 tpotMs: expected a time, found text "nan". ${emptyHint}`,
      '4:1 expected 9 cells as in the head, found 4',
      `5:15 ttftMs: expected a time, found text "0x10". ${emptyHint}`,
    ]);
  });

  test('a model that the server cannot hold, and one by a file that is absent', () => {
    const rows = ['8,512,256,,20,llama-3.1-405b,1,,', '8,512,256,,20,./no.yaml,,,'];
    const [large, absent] = mistakesOf('loops.csv', [head, ...rows].join('\n'));
    expect(large).toMatch(/^2:30 tensorParallel: llama-3.1-405b needs .* of weights on each of 1/);
    expect(absent).toMatch(/^3:15 model: no\.yaml: no such file$/);
  });

  test('a column that stands there twice', () => {
    expect(mistakesOf('loops.csv', `${head},kv\n8,512,256,1,20,,,,,\n`)).toEqual([
      `1:${head.length + 2} there are two columns kv`,
    ]);
  });
});

test('a table of steps: an empty time is left out, anything else is said', () => {
  const head = 'decodeRows,decodeContextTokens,chunkTokens,chunkPriorTokens,stepMs';
  const found = read('steps.csv', `${head}\n8,8000,,,20\n8,8000,,,\n`);
  expect(found?.kind === 'steps' && found.rows.map(({ measuredMs }) => measuredMs)).toEqual([20]);
  expect(mistakesOf('steps.csv', `${head}\n-8,x,0.5,,0\n`)).toEqual([
    '2:1 decodeRows: expected a number of sequences of at least 0, found -8',
    '2:4 decodeContextTokens: expected a number of tokens, found text "x"',
    '2:6 chunkTokens: expected a number of tokens without a fraction, found 0.5',
    `2:11 stepMs: expected a time greater than 0, found 0. ${emptyHint}`,
  ]);
});

describe('requests', () => {
  const head = 'send_s,input_tokens,output_tokens,status,ttft_ms,e2e_ms';

  test('of a table: those that failed are not looked at, the others must be numbers', () => {
    const rows = ['10,100,3,ok,50,70', 'x,,,error,,', ',100,3,ok,-1,70', '12,a,3,ok,50,?'];
    expect(mistakesOf('requests.csv', [head, ...rows].join('\n'))).toEqual([
      '4:1 send_s: expected a time, found nothing',
      `4:11 ttft_ms: expected a time of at least 0, found -1. ${emptyHint}`,
      '5:4 input_tokens: expected a number of tokens, found text "a"',
      `5:14 e2e_ms: expected a time, found text "?". ${emptyHint}`,
    ]);
  });

  test('a single token has no time per output token', () => {
    const found = read('requests.csv', `${head}\n10,100,1,ok,50,51\n`);
    if (found?.kind !== 'requests') throw new Error('no requests');
    expect([...found.record.measured.tpotMs]).toEqual([Number.NaN]);
  });

  test('of vLLM bench: columns of another length, and what is no number', () => {
    const log = { start_times: [1, 2], input_lens: [1, 2], output_lens: [1, 'x'], ttfts: [1, 2] };
    const text = (itls: unknown) => JSON.stringify({ ...log, itls });
    expect(mistakesOf('vllm.json', text([[]]))).toEqual([
      '1:1 itls: expected 2 items as in start_times, found 1',
    ]);
    expect(mistakesOf('vllm.json', text([[0.1, null], 5]))).toEqual([
      '1:1 itls[0][1]: expected a time, found nothing',
      '1:1 itls[1]: expected a list of times, found 5',
      '1:1 output_lens[1]: expected a number of tokens, found text "x"',
    ]);
  });

  test('of AIPerf: with the line of the record', () => {
    const record = (unit: string) => ({
      metadata: { request_start_ns: 1e9 },
      metrics: {
        request_latency: { value: 70, unit },
        input_sequence_length: { value: 100 },
        output_sequence_length: { value: 3 },
      },
    });
    const lines = [record('ms'), record('fortnights')].map((each) => JSON.stringify(each));
    expect(mistakesOf('profile_export.jsonl', lines.join('\n'))).toEqual([
      '2:1 metrics.request_latency.unit: expected a unit of time, found text "fortnights"',
    ]);
  });

  test('of guidellm: null was not measured, text is a mistake', () => {
    const request = {
      request_start_time: 10,
      request_end_time: 10.07,
      prompt_tokens: 100,
      output_tokens: 3,
      time_to_first_token_ms: null as unknown,
    };
    const text = (successful: unknown) =>
      JSON.stringify({ benchmarks: [{ requests: { successful } }] });
    const found = read('guidellm.json', text([request]));
    if (found?.kind !== 'requests') throw new Error('no requests');
    expect([...found.record.measured.ttftMs]).toEqual([Number.NaN]);
    expect(
      mistakesOf('guidellm.json', text([{ ...request, time_to_first_token_ms: '5' }])),
    ).toEqual([
      '1:1 benchmarks[0].requests.successful[0].time_to_first_token_ms: expected a time, found text "5"',
    ]);
  });
});

test.each([
  ['cut.csv.gz', gzipSync('a,b').subarray(0, 12), /^0:0 broken gzip data/],
  ['latin.csv', Uint8Array.of(0x61, 0xe4, 0x0a), /^0:0 invalid UTF-8/],
])('%s', (name, content, message) => {
  expect(mistakesOf(name, content)[0]).toMatch(message);
});
