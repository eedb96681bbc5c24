import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTrace } from '../../src/traces/readTrace.js';
import { measuredData } from '../measuredData.js';
import { columnsOf, complaints, readContent } from './traceFile.js';

const twoRequests = {
  arrivalMs: [0, 250],
  promptTokens: [374, 396],
  outputTokens: [44, 109],
  hashes: undefined,
};

describe('readTrace', () => {
  test('reads arrivals in seconds, and starts at the first', () => {
    const csv = 'arrival_s,input_tokens,output_tokens\n7.5,374,44\n7.75,396,109\n';
    expect(columnsOf(readContent(csv))).toEqual(twoRequests);
  });

  test('reads arrivals in ms, columns in any order, with ids', () => {
    const csv = 'request_id,output_tokens,arrival_ms,input_tokens\na,44,0,374\nb,109,250,396';
    const reading = readContent(csv);
    expect(columnsOf(reading)).toEqual(twoRequests);
    expect(complaints(reading)).toEqual([]);
  });

  test('names the trace after its file', () => {
    const csv = 'arrival_s,input_tokens,output_tokens\n0,1,1\n';
    const reading = readContent(gzipSync(csv), 'auto', 'monday.CSV.gz');
    expect(reading.ok && reading.trace.name).toBe('monday');
  });

  test('reads what a spreadsheet writes: byte order mark, CRLF, quotes, blank lines', () => {
    const csv =
      '\ufeff"arrival_s","input_tokens",output_tokens\r\n0,"374",44\r\n\r\n"0.25",396,109\r\n\r\n';
    const reading = readContent(csv);
    expect(columnsOf(reading)).toEqual(twoRequests);
    expect(complaints(reading)).toEqual([]);
  });

  test('reads gzip by its content, in several members, whatever the name', () => {
    const csv = 'arrival_s,input_tokens,output_tokens\n0,374,44\n0.25,396,109\n';
    const members = [gzipSync(csv.slice(0, 30)), gzipSync(csv.slice(30))];
    expect(columnsOf(readContent(Buffer.concat(members), 'auto', 'trace.csv'))).toEqual(
      twoRequests,
    );
  });

  test('reads the raw Azure trace of 2023: 100 ns time stamps, across midnight', () => {
    const csv =
      'TIMESTAMP,ContextTokens,GeneratedTokens\n' +
      '2023-11-16 23:59:59.9799600,374,44\n' +
      '2023-11-17 00:00:00.2299601,396,109\n';
    const { arrivalMs, ...rest } = columnsOf(readContent(csv));
    expect(arrivalMs[1]).toBeCloseTo(250.0001, 9);
    expect(rest).toEqual({ promptTokens: [374, 396], outputTokens: [44, 109], hashes: undefined });
  });

  test('reads the raw Azure trace of 2024: offsets, whole seconds', () => {
    const csv =
      'TIMESTAMP,ContextTokens,GeneratedTokens\r\n' +
      '2024-05-10 00:00:00+00:00,374,44\r\n' +
      '2024-05-10 00:00:00.250000+00:00,396,109\r\n';
    expect(columnsOf(readContent(csv))).toEqual(twoRequests);
    expect(columnsOf(readContent(csv, 'azure'))).toEqual(twoRequests);
  });

  test('reads the raw Mooncake trace with its block hashes', () => {
    const jsonl =
      '{"timestamp": 27482, "input_length": 955, "output_length": 52, "hash_ids": [46, 47]}\n' +
      '{"timestamp": 30535, "input_length": 1472, "output_length": 26, "hash_ids": [46, 9, 8]}\n';
    const reading = readContent(jsonl, 'auto', 'conversation_trace.jsonl');
    expect(columnsOf(reading)).toEqual({
      arrivalMs: [0, 3053],
      promptTokens: [955, 1472],
      outputTokens: [52, 26],
      hashes: { ids: [46, 47, 46, 9, 8], offsets: [0, 2, 5] },
    });
    expect(reading.ok && reading.trace.blockHashes?.blockTokens).toBe(512);
    expect(complaints(reading)).toEqual([]);
  });

  test('reads block hashes from CSV; the column name tells the block size', () => {
    const csv =
      'arrival_s,input_tokens,output_tokens,prefix_hit_tokens_infinite_cache,hash_ids_16\n' +
      '0,20,1,0,1 2\n' +
      // Only full blocks are hashed here: none for 7 tokens, one for 30.
      '1,7,1,0,\n' +
      '2,30,1,16,1\n';
    const reading = readContent(csv);
    expect(columnsOf(reading).hashes).toEqual({ ids: [1, 2, 1], offsets: [0, 2, 2, 3] });
    expect(reading.ok && reading.trace.blockHashes?.blockTokens).toBe(16);
    expect(complaints(reading)).toEqual([]);
  });

  test('sorts by arrival, keeps the order of equals, and says so', () => {
    const csv =
      'arrival_s,input_tokens,output_tokens,hash_ids_16\n5,20,1,1 2\n3,21,2,3 4\n5,9,3,5\n3,4,4,6\n';
    const reading = readContent(csv);
    expect(columnsOf(reading)).toEqual({
      arrivalMs: [0, 0, 2000, 2000],
      promptTokens: [21, 4, 20, 9],
      outputTokens: [2, 4, 1, 3],
      hashes: { ids: [3, 4, 6, 1, 2, 5], offsets: [0, 2, 3, 5, 6] },
    });
    expect(complaints(reading)).toEqual([
      '0:0 W_ORDER requests are not in order of arrival (number 2 comes before the one above it); they were sorted',
    ]);
  });

  test('counts empty inputs and outputs as one token, and says how many', () => {
    const csv = 'arrival_s,input_tokens,output_tokens\n0,0,5\n1,7,0\n2,8,0\n';
    const reading = readContent(csv);
    const { promptTokens, outputTokens } = columnsOf(reading);
    expect(promptTokens).toEqual([1, 7, 8]);
    expect(outputTokens).toEqual([5, 1, 1]);
    expect(complaints(reading)).toEqual([
      '0:0 W_ZERO requests without input tokens count as 1 token: 1',
      '0:0 W_ZERO requests without output tokens count as 1 token: 2',
    ]);
  });

  test('names the columns that it does not use', () => {
    const csv = 'arrival_s,input_tokens,output_tokens,model,user\n0,1,1,a,b\n';
    expect(complaints(readContent(csv))).toEqual([
      '1:1 W_COLUMN columns that are not used: "model", "user"',
    ]);
  });

  test('warns of hashes that cannot name a prefix', () => {
    const csv = 'arrival_s,input_tokens,output_tokens,hash_ids_16\n0,32,1,1 2\n1,32,1,3 2\n';
    expect(complaints(readContent(csv))).toEqual([
      '0:0 W_HASH requests with a block hash that follows another block elsewhere, so it cannot name a prefix: 1',
    ]);
  });

  test('an absent file and a folder exit with 4', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inflow-trace-'));
    try {
      const absent = readTrace(join(folder, 'absent.csv'), 'auto', 'absent.csv');
      expect(absent.ok || absent.exitCode).toBe(4);
      expect(complaints(absent)).toEqual(['0:0 E_ABSENT no such file']);
      const notAFile = readTrace(folder);
      expect(notAFile.ok || notAFile.exitCode).toBe(4);
      expect(complaints(notAFile)).toEqual(['0:0 E_FILE not a regular file']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the measured traces have the known sizes and means', (context) => {
    const known = [
      ['azure_code_2023', 8_819, 2047.8, 27.9, 3_435.9],
      ['azure_conv_2023', 19_366, 1154.7, 211.1, 3_501.7],
      ['mooncake_conversation', 12_031, 12_035.1, 342.6, 3_537.0],
      ['mooncake_synthetic', 3_993, 15_325.5, 149.1, 1_022.0],
    ] as const;
    for (const [name, count, meanInput, meanOutput, seconds] of known) {
      const reading = readTrace(measuredData(context, `workloads/${name}.csv.gz`));
      expect(complaints(reading)).toEqual([]);
      if (!reading.ok) continue;
      const { trace } = reading;
      expect(trace.count).toBe(count);
      expect(sum(trace.promptTokens) / count).toBeCloseTo(meanInput, 1);
      expect(sum(trace.outputTokens) / count).toBeCloseTo(meanOutput, 1);
      expect(trace.arrivalMs[count - 1]! / 1000).toBeCloseTo(seconds, 1);
    }
  });
});

function sum(values: Int32Array): number {
  return values.reduce((a, b) => a + b, 0);
}
