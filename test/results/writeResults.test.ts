import { mkdtempSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { makeFolder } from '../../src/results/makeFolder.js';
import { requestLimitsOf } from '../../src/results/requestLimitsOf.js';
import { requestsCsv } from '../../src/results/requestsCsv.js';
import { resultDocument } from '../../src/results/resultDocument.js';
import { resultSchema } from '../../src/results/resultSchema.js';
import { timelineCsv } from '../../src/results/timelineCsv.js';
import { writeAtomically } from '../../src/results/writeAtomically.js';
import { resultFolder, writeResults } from '../../src/results/writeResults.js';
import { examplePool, exampleRun, exampleTimeline } from '../metrics/exampleRun.js';
import { exampleBudget, exampleExperiment } from './exampleExperiment.js';
import { exampleResults, exampleSummary } from './exampleResults.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'inflow-results-'));

test('the document keeps its published schema, and its numbers are those of the summary', () => {
  const document = resultDocument(exampleExperiment, exampleSummary(), []);
  expect(resultSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(document.metrics.find(({ metric }) => metric === 'e2e')).toMatchObject({
    subject: null,
    quantile: null,
    unit: 'ms',
    value: 325,
    samples: 2000,
  });
  expect(document.profiles).toEqual({ gpu: 'an estimate, ±30%' });
});

test('the vLLM block holds the whole run under the names of vllm bench', () => {
  const { vllmBench } = resultDocument(exampleExperiment, exampleSummary(), []);
  // Two replications of 10 s; 31 or 32 of 1,000 requests finish after arrivals stop.
  expect(vllmBench).toMatchObject({
    duration: 20,
    mean_ttft_ms: 125,
    median_ttft_ms: 125,
    mean_tpot_ms: 20,
    p99_itl_ms: 20,
    mean_e2el_ms: 325,
  });
  expect(vllmBench['total_output_tokens']).toBe(11 * vllmBench['completed']!);
  expect(Object.keys(vllmBench).slice(0, 8)).toEqual([
    'duration',
    'completed',
    'total_input_tokens',
    'total_output_tokens',
    'request_throughput',
    'request_goodput',
    'output_throughput',
    'total_token_throughput',
  ]);
});

test('requests.csv: a row per request, empty where something never happened', () => {
  const run = exampleRun([
    { arrivalMs: 1.25, firstTokenMs: 2.0000004, finishMs: 3, networkMs: 0.25, hitTokens: 16 },
    { arrivalMs: 4, outcome: Outcome.rejected, pool: -1 },
  ]);
  expect([...requestsCsv([run])].join('')).toBe(
    [
      'replication,request,population,pool,replica,outcome,promptTokens,outputTokens,hitTokens,preemptions,sentMs,arrivalMs,scheduledMs,firstTokenMs,finishMs,clientFirstTokenMs,headOfLineMs,slotsMs,kvBlocksMs,tokenBudgetMs,iterationMs',
      '0,0,chat,gpu,0,completed,100,11,16,0,1,1.25,1.25,2,3,2.25,0,0,0,0,0',
      '0,1,chat,,0,rejected,100,11,0,0,4,4,4,,,,0,0,0,0,0',
      '',
    ].join('\n'),
  );
});

test('a population that looks like a formula is harmless in a spreadsheet', () => {
  const run = exampleRun([{ arrivalMs: 0 }], { populationNames: ['=cmd|calc'] });
  expect([...requestsCsv([run])][1]).toMatch(/^0,0,'=cmd\|calc,gpu/);
});

test('timeline.csv: a row per pool and bin, the last one cut at the end of the run', () => {
  const timeline = exampleTimeline({ busyUnits: [0.5], running: [2] });
  const run = exampleRun([], { endMs: 9500, pools: [examplePool({ timeline })] });
  const lines = [...timelineCsv([run])];
  expect(lines[0]).toBe(
    'replication,pool,startMs,endMs,busyUnits,running,waiting,usedKvBlocks,cachedKvBlocks,flops,memoryBytes\n',
  );
  expect(lines[1]).toBe('0,gpu,0,1000,0.5,2,0,0,0,0,0\n');
  expect(lines[10]).toBe('0,gpu,9000,9500,0,0,0,0,0,0,0\n');
  expect(lines).toHaveLength(11);
});

test('only run-info.json differs between two machines', () => {
  const [here, there] = [newFolder(), newFolder()];
  const document = resultDocument(exampleExperiment, exampleSummary(), []);
  for (const [folder, wallMs] of [
    [here, 10],
    [there, 20],
  ] as const) {
    const startedAt = new Date(wallMs);
    const info = { startedAt, wallMs, version: '1', commandLine: [], events: 1, simulatedMs: 1 };
    writeResults(folder, document, exampleResults(), info);
  }
  const read = (folder: string, file: string) =>
    readFileSync(join(folder, 'example', file), 'utf8');
  for (const file of ['summary.json', 'requests.csv', 'timeline.csv']) {
    expect(read(here, file)).toBe(read(there, file));
  }
  expect(read(here, 'run-info.json')).not.toBe(read(there, 'run-info.json'));
});

test('results stay inside the folder for results', () => {
  expect(resultFolder('out', 'tiny')).toBe(join('out', 'tiny'));
  for (const name of ['..', '.', '../tiny', 'a/b', '/tmp/x']) {
    expect(() => resultFolder('out', name)).toThrow(/^simulator bug: .* would leave out/);
  }
});

test('a write that fails half-way leaves the old file and no other', () => {
  const folder = newFolder();
  const path = join(folder, 'file.txt');
  writeFileSync(path, 'old');
  const breaking = function* () {
    yield 'x'.repeat(1_000_000);
    throw new Error('half-way');
  };
  expect(() => writeAtomically(path, breaking())).toThrow('half-way');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['file.txt']);
});

test('budgets on latencies of single requests make goodput, whatever their quantile', () => {
  const limits = requestLimitsOf([
    exampleBudget({ quantile: 0.95, max: 500 }),
    exampleBudget({ metric: 'tpot', max: 50, population: undefined }),
    exampleBudget({ metric: 'itl', max: 50, population: undefined, pool: 'gpu' }),
    exampleBudget({ metric: 'goodput', min: 2, max: undefined }),
  ]);
  expect(limits).toEqual([
    { measure: 'ttft', population: 'chat', maxMs: 500 },
    { measure: 'tpot', population: undefined, maxMs: 50 },
  ]);
});

test('writeAtomically: a disk that takes a part of each piece gets the rest again', () => {
  const path = join(newFolder(), 'table.csv');
  const halfOf = (file: number, bytes: Uint8Array, offset: number) =>
    writeSync(file, bytes, offset, Math.ceil((bytes.length - offset) / 2));
  writeAtomically(path, ['ü'.repeat(40_000), 'x'.repeat(40_000), 'end'], halfOf);
  expect(readFileSync(path, 'utf8')).toBe(`${'ü'.repeat(40_000)}${'x'.repeat(40_000)}end`);
});

test('writeAtomically: a full disk leaves the file of before, and no piece of the new one', () => {
  const folder = newFolder();
  const path = join(folder, 'table.csv');
  writeFileSync(path, 'before');
  expect(() => writeAtomically(path, ['after'], () => 0)).toThrow('the disk takes no more');
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['table.csv']);
});

test('writeAtomically: writers of one process number do not share a temporary file', () => {
  const folder = newFolder();
  const path = join(folder, 'table.csv');
  writeFileSync(`${path}.${process.pid}.tmp`, 'of another');
  function* writingMeanwhile() {
    yield 'x'.repeat(1 << 16);
    writeAtomically(path, ['theirs']);
    yield 'end';
  }
  writeAtomically(path, writingMeanwhile());
  expect(readFileSync(path, 'utf8')).toBe(`${'x'.repeat(1 << 16)}end`);
  expect(readFileSync(`${path}.${process.pid}.tmp`, 'utf8')).toBe('of another');
});

test('makeFolder: makes what is missing; a folder that the system refuses is an error, not a wait', () => {
  const folder = newFolder();
  makeFolder(join(folder, 'a', 'b', 'c'));
  makeFolder(join(folder, 'a', 'b'));
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c']);
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file', 'b'))).toThrow('ENOTDIR');
  expect(() => makeFolder('/proc/inflow/b')).toThrow(/ENOENT|EACCES|EPERM/);
});
