import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { TraceReading } from '../../src/traces/traceReading.js';
import { complaints, readContent } from './traceFile.js';

const header = 'request_id,arrival_s,input_tokens,output_tokens\n';

function expectRefused(reading: TraceReading, mistakes: readonly string[]): void {
  expect(complaints(reading)).toEqual(mistakes);
  expect(reading.ok || reading.exitCode).toBe(2);
}

/** Malformed traces: what is wrong with them, the content, and the mistakes it must give. */
const badCsv: [intent: string, content: string, mistakes: string[]][] = [
  [
    'the first row is data',
    'r1,0.0,10,5\n',
    ['1:1 E_HEADER missing columns "arrival_s", "input_tokens", "output_tokens"'],
  ],
  [
    'one column of an Azure trace is missing',
    'TIMESTAMP,ContextTokens\n2023-11-16 18:17:03,5\n',
    ['1:1 E_HEADER missing column "GeneratedTokens"'],
  ],
  [
    'two columns give the time',
    'arrival_s,arrival_ms,input_tokens,output_tokens\n0,0,10,5\n',
    ['1:11 E_HEADER column "arrival_ms" gives the same as column "arrival_s"'],
  ],
  [
    'an open quote would swallow the rest of the file',
    `${header}"r1,0,10,5\nr2,1,10,5\n`,
    ['2:1 E_ROW quote never closed'],
  ],
  [
    'text behind a closing quote',
    `${header}r1,0,"10"0,5\n`,
    ['2:10 E_ROW text behind a closing quote'],
  ],
  ['a negative time', `${header}r1,-1,10,5\n`, ['2:4 E_RANGE arrival_s "-1" must be at least 0']],
  [
    'a time that is no number, none, and beyond float64',
    `${header}r1,Infinity,10,5\nr2,,10,5\nr3,1e999,10,5\nr4,0x10,10,5\n`,
    [
      '2:4 E_NUMBER arrival_s "Infinity" is not a number',
      '3:4 E_NUMBER arrival_s is empty',
      '4:4 E_RANGE arrival_s "1e999" is too large',
      '5:4 E_NUMBER arrival_s "0x10" is not a number',
    ],
  ],
  [
    'NaN, and an empty cell, which Number takes for 0',
    `${header}r1,0,NaN,5\nr2,1,,5\n`,
    [
      '2:6 E_NUMBER input_tokens "NaN" is not a plain integer',
      '3:6 E_NUMBER input_tokens is empty',
    ],
  ],
  [
    'what Number reads as an integer, but is not plainly one',
    `${header}r1,0,0x10,5\nr2,1,1e3,5\nr3,2, 7 ,5\nr4,3,7.0,5\nr5,4,+7,5\nr6,5,-7,5\n`,
    [
      '2:6 E_NUMBER input_tokens "0x10" is not a plain integer',
      '3:6 E_NUMBER input_tokens "1e3" is not a plain integer',
      '4:6 E_NUMBER input_tokens " 7 " is not a plain integer',
      '5:6 E_NUMBER input_tokens "7.0" is not a plain integer',
      '6:6 E_NUMBER input_tokens "+7" is not a plain integer',
      '7:6 E_NUMBER input_tokens "-7" is not a plain integer',
    ],
  ],
  [
    'absurd numbers of tokens',
    `${header}r1,0,1000000000000000000,5\nr2,0,100000000,5\nr3,0,5,100000001\n`,
    [
      '2:6 E_RANGE input_tokens "1000000000000000000" is above the limit 100000000',
      '4:8 E_RANGE output_tokens "100000001" is above the limit 100000000',
    ],
  ],
  [
    'the same request twice',
    `${header}r1,0,10,5\nr1,1,10,5\n`,
    ['3:1 E_DUP_ID request_id "r1" was already on line 2'],
  ],
  ['an empty id', `${header},0,10,5\n`, ['2:1 E_ID request_id is empty']],
  [
    'rows with a field too few and too many',
    `${header}r1,0,10\nr2,0,10,5,1\n`,
    ['2:1 E_ROW expected 4 fields, found 3', '3:1 E_ROW expected 4 fields, found 5'],
  ],
  [
    'the writer died inside the last row',
    `${header}r1,0,10,5\nr2,0,1`,
    ['3:1 E_ROW truncated: expected 4 fields, found 3'],
  ],
  [
    'a date that does not exist',
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-02-29 18:17:03.97,5,5\n',
    ['2:1 E_NUMBER TIMESTAMP "2023-02-29 18:17:03.97" is not a date and time'],
  ],
  [
    'too few block hashes, and one that is no number',
    'arrival_s,input_tokens,output_tokens,hash_ids_16\n0,40,1,1\n1,40,1,1 2 x\n2,17,1,1  2\n3,17,1,1 2147483648\n',
    [
      '2:8 E_HASH 1 block hashes for 40 input tokens; blocks of 16 make 3',
      '3:12 E_HASH block hash "x" is not a plain integer up to 2147483647',
      '4:10 E_HASH block hash "" is not a plain integer up to 2147483647',
      '5:10 E_HASH block hash "2147483648" is not a plain integer up to 2147483647',
    ],
  ],
  ['nothing at all', '', ['0:0 E_EMPTY the file is empty']],
  ['a header and no rows', header, ['0:0 E_EMPTY the trace holds no requests']],
  [
    'a trace longer than the simulated clock',
    `${header}r1,0,10,5\nr2,8640000,10,5\n`,
    ['0:0 E_RANGE the trace spans 100 days; at most 74 can be simulated'],
  ],
];

const badJsonLines: [intent: string, content: string, mistakes: string[]][] = [
  [
    'the writer died: the last line is cut',
    '{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":[1]}\n{"timestamp":1,"i',
    ['2:1 E_ROW truncated: the last line is not complete JSON'],
  ],
  [
    'a line of 160 KiB',
    `{"id":"a","x":"${'y'.repeat(160 * 1024)}"}\n`,
    ['1:1 E_LENGTH the line is longer than 128 KiB'],
  ],
  [
    'spans with an end before their start: another format',
    '{"id":"a","start_ns":"10","end_ns":"5"}\n',
    ['1:1 E_REQUIRED missing "timestamp", "input_length", "output_length", "hash_ids"'],
  ],
  [
    'a line that is not JSON, and one that is not an object',
    '{"timestamp":0,}\n[1]\nnull\n',
    [
      '1:1 E_ROW the line is not valid JSON',
      '2:1 E_ROW expected a JSON object',
      '3:1 E_ROW expected a JSON object',
    ],
  ],
  [
    'numbers as text, negative, broken and beyond float64',
    '{"timestamp":"0","input_length":1,"output_length":1,"hash_ids":[1]}\n' +
      '{"timestamp":-1,"input_length":1,"output_length":1,"hash_ids":[1]}\n' +
      '{"timestamp":0,"input_length":1.5,"output_length":1,"hash_ids":[1]}\n' +
      '{"timestamp":1e999,"input_length":1,"output_length":null,"hash_ids":[1]}\n',
    [
      '1:2 E_NUMBER timestamp is not a number',
      '2:2 E_RANGE timestamp is -1; it must be at least 0',
      '3:16 E_NUMBER input_length is not an integer',
      '4:2 E_RANGE timestamp is above the limit 1.7976931348623157e+308',
      '4:37 E_NUMBER output_length is not an integer',
    ],
  ],
  [
    'block hashes that are missing, too many, or no numbers',
    '{"timestamp":0,"input_length":1,"output_length":1}\n' +
      '{"timestamp":0,"input_length":512,"output_length":1,"hash_ids":[1,2]}\n' +
      '{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":["1"]}\n',
    [
      '1:1 E_REQUIRED missing "hash_ids"',
      '2:53 E_HASH 2 block hashes for 512 input tokens; blocks of 512 make 1',
      '3:51 E_HASH hash_ids is not a list of integers from 0 to 2147483647',
    ],
  ],
];

describe('readTrace of malformed files', () => {
  test.each([...badCsv, ...badJsonLines])('%s', (_intent, content, mistakes) => {
    expectRefused(readContent(content), mistakes);
    expectRefused(readContent(gzipSync(content)), mistakes);
  });

  test('a mistake shows its line, its place and what to do', () => {
    const reading = readContent(`${header}é1,0,0x10,5\n`, 'auto', 'tiny.csv');
    expect(reading.ok || reading.mistakes).toEqual([
      {
        file: 'tiny.csv',
        line: 2,
        column: 6,
        length: 4,
        excerpt: 'é1,0,0x10,5',
        caret: 5,
        message: 'input_tokens "0x10" is not a plain integer',
        hint: 'Write it in plain digits: no sign, blanks, decimals, 0x10 or 1e3',
        severity: 'error',
        code: 'E_NUMBER',
      },
    ]);
  });

  test('times in ns since 1970 as JSON numbers have lost digits: accepted with a warning', () => {
    const line =
      '{"timestamp":1763740800123456789,"input_length":1,"output_length":1,"hash_ids":[1]}';
    const reading = readContent(`${line}\n${line}\n`);
    expect(reading.ok).toBe(true);
    expect(complaints(reading)).toEqual([
      '1:1 W_PRECISION timestamp is above 2^53: a JSON number that large loses its last digits',
    ]);
  });

  test('bytes that are not UTF-8', () => {
    const row = Buffer.from(`${header}r\u00fc,0,10,5\nr2,0,10,5\n`, 'latin1');
    expectRefused(readContent(row), ['2:1 E_ENCODING the line is not UTF-8']);
    expectRefused(readContent(Buffer.from(`\ufeff${header}r1,0,10,5\n`, 'utf16le')), [
      '1:1 E_ENCODING the line is not UTF-8',
    ]);
    const json = '{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":[1],"u":"\u00fc"}\n';
    expectRefused(readContent(Buffer.from(json, 'latin1')), [
      '1:1 E_ENCODING the line is not UTF-8',
    ]);
  });

  test('at most 20 mistakes come back, the first ones', () => {
    const rows = Array.from({ length: 500 }, (_, i) => `r${i},0,x,5\n`);
    const found = complaints(readContent(header + rows.join('')));
    expect(found.length).toBe(20);
    expect(found[19]).toBe('21:7 E_NUMBER input_tokens "x" is not a plain integer');
  });

  test('a long line in the middle does not stop the reading', () => {
    const content = `${header}r1,0,${'9'.repeat(140_000)},5\nr2,0,x,5\n`;
    expectRefused(readContent(content), [
      '2:1 E_LENGTH the line is longer than 128 KiB',
      '3:6 E_NUMBER input_tokens "x" is not a plain integer',
    ]);
  });

  test('a gzip file that is cut or damaged', () => {
    const whole = gzipSync(`${header}r1,0,10,5\n`);
    expectRefused(readContent(whole.subarray(0, whole.length - 9)), [
      '0:0 E_GZIP the gzip file is cut or damaged',
    ]);
    const damaged = Buffer.from(whole);
    damaged[12]! ^= 0xff;
    expectRefused(readContent(damaged), ['0:0 E_GZIP the gzip file is cut or damaged']);
  });

  test('a gzip bomb: 80 MB of zeros in 80 kB', () => {
    expectRefused(readContent(gzipSync(Buffer.alloc(80_000_000))), [
      '0:0 E_LIMIT the gzip file inflates to more than 64 MiB',
    ]);
  });

  test('a format that was asked for is not guessed', () => {
    const json = '{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":[1]}\n';
    expect(complaints(readContent(json, 'azure'))).toEqual([
      '1:1 E_HEADER the first line does not name columns',
    ]);
    expect(complaints(readContent(`${header}r1,0,10,5\n`, 'mooncake'))[0]).toBe(
      '1:1 E_ROW the line is not valid JSON',
    );
  });

  test('semicolons between columns: the hint says so', () => {
    const reading = readContent('arrival_s;input_tokens;output_tokens\n0;1;1\n');
    expect(reading.ok || reading.mistakes[0]?.hint).toBe('Separate the columns with commas');
  });
});
