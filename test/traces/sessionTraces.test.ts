import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import { readAnyTrace } from '../../src/traces/readAnyTrace.js';
import type { RecordedTrace, TraceFormat, TraceReading } from '../../src/traces/traceReading.js';
import { readContent } from './traceFile.js';

function read(content: string | Uint8Array, format: TraceFormat = 'auto') {
  const folder = mkdtempSync(join(tmpdir(), 'inflow-trace-'));
  try {
    const file = join(folder, 'work.csv.gz');
    writeFileSync(file, content);
    return readAnyTrace(file, format, 'work.csv');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sessions(content: string | Uint8Array): SessionTrace {
  const reading = read(content);
  if (!reading.ok || reading.trace.kind !== 'sessions') throw new Error(JSON.stringify(reading));
  return reading.trace.sessions;
}

/** A trace with its columns as plain lists. */
function plain(trace: SessionTrace): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(trace).map(([key, value]) => [
      key,
      typeof value === 'object' ? [...(value as Iterable<number>)] : value,
    ]),
  );
}

function complaints(reading: TraceReading<RecordedTrace>): string[] {
  const found = reading.ok ? reading.warnings : reading.mistakes;
  return found.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

const header =
  'trace,agent,turn,t_s,input_tokens,output_tokens,cached_prefix_tokens,api_time_s,think_time_s,model,stop\n';

const twoSessions =
  header +
  's2,main,0,20.0,500,5,0,2.0,0.0,opus,end_turn\n' +
  's1,main,0,5.0,100,10,0,7.0,0.0,opus,tool_use\n' +
  's1,sub,0,13.5,40,4,0,1.0,0.0,haiku,tool_use\n' +
  's1,main,1,15.0,200,20,64,3.0,3.0,opus,end_turn\n' +
  's1,sub,1,16.0,80,8,44,1.0,1.5,haiku,end_turn\n' +
  's1,main,2,60.0,300,30,220,1.0,42.0,opus,tool_use\n';

describe('a session trace', () => {
  test('is told by its header; rows go to their session and agent, in order of start', () => {
    expect(plain(sessions(twoSessions))).toEqual({
      name: 'work',
      sessionCount: 2,
      agentCount: 3,
      callCount: 6,
      startMs: [0, 15_000],
      firstAgent: [0, 2, 3],
      firstCall: [0, 3, 5, 6],
      // The first call of s1 ends at 12 s: 1.5 s later the sub-agent starts.
      afterCall: [-1, 0, -1],
      promptTokens: [100, 200, 300, 40, 80, 500],
      outputTokens: [10, 20, 30, 4, 8, 5],
      sharedTokens: [0, 64, 220, 0, 44, 0],
      gapMs: [0, 3000, 42_000, 1500, 1500, 0],
      endsTurn: [0, 1, 0, 0, 1, 1],
    });
    expect(complaints(read(twoSessions))).toEqual([]);
    expect(plain(sessions(gzipSync(twoSessions)))).toEqual(plain(sessions(twoSessions)));
  });

  test('may leave out what a replay can do without', () => {
    const csv =
      't_s,trace,input_tokens,output_tokens,cached_prefix_tokens\n' +
      '0,a,10,1,0\n4,a,20,0,10\n1,b,10,1,0\n';
    const trace = sessions(csv);
    expect([trace.sessionCount, trace.agentCount]).toEqual([2, 2]);
    expect([...trace.gapMs]).toEqual([0, 4000, 0]);
    expect([...trace.endsTurn]).toEqual([0, 0, 0]);
    expect(complaints(read(csv))).toEqual([
      '0:0 W_ZERO calls without output tokens count as 1 token: 1',
      '0:0 W_GAP gaps that hold the call before them, because neither they nor its end are recorded: 1',
      '0:0 W_STOP calls that do not say why they stopped count as asking for tools: 3',
    ]);
  });

  test('a gap that is not recorded is what the times leave of it', () => {
    const csv =
      header +
      'a,main,0,10,10,1,0,2.5,0,x,tool_use\n' +
      'a,main,1,20,10,1,0,3,,x,tool_use\n' +
      'a,main,2,22,10,1,0,1,,x,end_turn\n';
    expect([...sessions(csv).gapMs]).toEqual([0, 7500, 0]);
  });

  test('a sub-agent from before the end of any call starts with the session', () => {
    const csv =
      header + 'a,main,0,10,10,1,0,5,0,x,tool_use\n' + 'a,sub,0,12,10,1,0,1,0,x,end_turn\n';
    const trace = sessions(csv);
    expect([...trace.afterCall]).toEqual([-1, -1]);
    expect([...trace.gapMs]).toEqual([0, 2000]);
  });

  test('the end of a call without a duration follows from the gap behind it', () => {
    const csv =
      header +
      'a,main,0,0,10,1,0,,0,x,tool_use\n' +
      'a,main,1,10,10,1,0,1,4,x,tool_use\n' +
      'a,sub,0,7,10,1,0,1,0,x,end_turn\n';
    const trace = sessions(csv);
    expect([...trace.afterCall]).toEqual([-1, 0]);
    expect([...trace.gapMs]).toEqual([0, 4000, 1000]);
  });

  test('shares that nobody can have are counted', () => {
    const csv = header + 'a,main,0,0,10,1,8,1,0,x,end_turn\n';
    expect(complaints(read(csv))).toEqual([
      '0:0 W_SHARED calls that share more tokens than any earlier call had; the rest counts as new: 1',
    ]);
  });

  test('is no trace of requests', () => {
    const reading = readContent(twoSessions);
    expect(reading.ok ? [] : reading.mistakes.map(({ code }) => code)).toEqual(['E_FORMAT']);
  });
});

describe('mistakes of a session trace', () => {
  const bad: [intent: string, content: string, mistakes: string[]][] = [
    [
      'columns that are missing',
      'trace,agent,cached_prefix_tokens\n',
      ['1:1 E_HEADER missing columns "t_s", "input_tokens", "output_tokens"'],
    ],
    ['nothing but a header', header, ['0:0 E_EMPTY the trace holds no calls']],
    [
      'names that are empty',
      `${header},main,0,0,10,1,0,1,0,x,\na,,0,0,10,1,0,1,0,x,\n`,
      ['2:1 E_ID trace is empty', '3:3 E_ID agent is empty'],
    ],
    [
      'more shared tokens than tokens',
      `${header}a,main,0,0,10,1,11,1,0,x,end_turn\n`,
      ['2:17 E_RANGE cached_prefix_tokens "11" is above the 10 tokens of the whole prompt'],
    ],
    [
      'numbers that are none',
      `${header}a,main,x,-1,1.5,,NaN,soon,-2,x,end_turn\n`,
      [
        '2:10 E_RANGE t_s "-1" must be at least 0',
        '2:13 E_NUMBER input_tokens "1.5" is not a plain integer',
        '2:17 E_NUMBER output_tokens is empty',
        '2:18 E_NUMBER cached_prefix_tokens "NaN" is not a plain integer',
        '2:22 E_NUMBER api_time_s "soon" is not a number',
        '2:27 E_RANGE think_time_s "-2" must be at least 0',
        '2:8 E_NUMBER turn "x" is not a plain integer',
      ],
    ],
    [
      'calls out of order, and one that comes twice',
      `${header}a,main,1,9,10,1,0,1,0,x,\na,main,1,10,10,1,0,1,0,x,\na,main,2,8,10,1,0,1,0,x,\n`,
      [
        '3:8 E_ORDER turn "1" is not above 1, the turn of the row before of this agent',
        '4:10 E_ORDER t_s "8" is before the row before of this agent',
      ],
    ],
    [
      'a gap of a century',
      `${header}a,main,0,0,10,1,0,1,0,x,\na,main,1,5,10,1,0,1,3e9,x,\n`,
      ['0:0 E_RANGE the trace spans 34722 days; at most 74 can be simulated'],
    ],
    [
      'a row that is cut',
      `${header}a,main,0,0,10`,
      ['2:1 E_ROW truncated: expected 11 fields, found 5'],
    ],
  ];
  test.each(bad)('%s', (_, content, mistakes) => {
    const reading = read(content);
    expect(complaints(reading)).toEqual(mistakes);
    expect(reading.ok || reading.exitCode).toBe(2);
  });

  test('damaged traces give a trace or mistakes, and never an exception', () => {
    let accepted = 0;
    const sample = Buffer.from(twoSessions);
    const damage = fc.tuple(
      fc.nat(sample.length - 1),
      fc.constantFrom(...Buffer.from(',"\n09.-em')),
    );
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 4 }), (damages) => {
        const content = Buffer.from(sample);
        for (const [at, byte] of damages) content[at] = byte;
        const reading = read(content, 'sessions');
        if (!reading.ok) {
          expect(reading.mistakes.length).toBeGreaterThan(0);
          return;
        }
        accepted++;
        if (reading.trace.kind !== 'sessions') throw new Error('not sessions');
        const trace = reading.trace.sessions;
        expect(trace.firstCall.at(-1)).toBe(trace.callCount);
        expect(trace.gapMs.every((gap) => gap >= 0)).toBe(true);
        expect(trace.sharedTokens.every((tokens, i) => tokens <= trace.promptTokens[i]!)).toBe(
          true,
        );
      }),
      { seed: 31, numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(accepted).toBeLessThan(400);
  });
});
