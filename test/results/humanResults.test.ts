import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { summarise } from '../../sim/metrics/summarise.js';
import { simulate } from '../../sim/run/simulate.js';
import { judgeBudgets } from '../../src/results/judgeBudgets.js';
import { paints } from '../../src/results/paints.js';
import { resultDocument } from '../../src/results/resultDocument.js';
import { resultSchema } from '../../src/results/resultSchema.js';
import { sessionsCsv } from '../../src/results/sessionsCsv.js';
import { slowestTurnsText } from '../../src/results/slowestTurns.js';
import { summaryText } from '../../src/results/summaryText.js';
import { timelineCsv } from '../../src/results/timelineCsv.js';
import { turnsCsv } from '../../src/results/turnsCsv.js';
import { writeResults } from '../../src/results/writeResults.js';
import { ask, chain, constant, infer, oneTask, taskScenario, tool } from '../agents/handTasks.js';
import { station } from '../run/handScenario.js';
import { exampleBudget, exampleExperiment } from './exampleExperiment.js';
import { exampleResults } from './exampleResults.js';

const builders = {
  kind: 'tools',
  name: 'builders',
  slots: 4,
  maxWaiting: 10,
  usdPerHour: 2,
} as const;

/** A call, a question that takes 4 s to answer, a build of 3 s; three tasks of that. */
const build = tool('build', 3000, [], { resource: 'builders' });
const people = oneTask(chain(infer('plan'), ask('which?', 4000), build), { tasks: constant(3) });

const scenario = taskScenario([people], [builders], {
  pools: [station('answers', { servers: 10, usdPerServerHour: 1 })],
});

function runs(count: number, changed = scenario) {
  return Array.from({ length: count }, (_, replication) =>
    simulate(changed, { seed: '1', replication }),
  );
}

function summaryOf(count: number) {
  return summarise(runs(count), scenario, { limits: [], extraQuantiles: [] });
}

test('turns.csv: a row per turn, with all that is known of it', () => {
  const lines = [...turnsCsv(runs(1))].join('').split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'replication,turn,population,human,session,task,end,succeeded,calls,promptTokens,outputTokens,submitMs,firstUsefulMs,yieldMs,nextMs,waitMs,longestGapMs,noticeMs,resumptionMs,readingMs,thinkingMs,seatMs',
    '0,0,developers,0,0,0,asked,0,1,1010,20,0,1000,1000,5000,1000,1000,0,0,0,4000,0',
    '0,1,developers,0,0,0,answered,1,0,0,0,5000,8000,8000,9000,3000,3000,0,0,0,1000,0',
  ]);
  // Two turns a task, and the line break at the end.
  expect(lines).toHaveLength(1 + 6 + 1);
});

test('sessions.csv: a row per session; no end while it is open', () => {
  const [head, done] = [...sessionsCsv(runs(1))];
  expect(head).toBe(
    'replication,session,population,human,end,tasks,succeededTasks,turns,calls,contextTokens,compactions,startMs,endMs\n',
  );
  expect(done).toBe('0,0,developers,0,done,3,3,6,3,1090,0,0,27000\n');
  const cut = runs(1, { ...scenario, drain: false, horizonMs: 7000 });
  expect([...sessionsCsv(cut)][1]).toBe('0,0,developers,0,open,0,0,2,1,1030,0,0,\n');
  expect([...turnsCsv(cut)][2]).toBe(
    '0,1,developers,0,0,0,open,0,0,0,0,5000,7000,7000,,2000,2000,,,,,\n',
  );
});

test('a population that looks like a formula is harmless in a spreadsheet', () => {
  const hostile = taskScenario([{ ...people, name: '=cmd|calc' }], [builders]);
  expect([...turnsCsv(runs(1, hostile))][1]).toMatch(/^0,0,'=cmd\|calc,/);
  expect([...sessionsCsv(runs(1, hostile))][1]).toMatch(/^0,0,'=cmd\|calc,/);
});

test('slowest-turns.json: the slowest first, step by step, a bounded number of them', () => {
  const slowest = JSON.parse(slowestTurnsText(runs(20)));
  expect(slowest.schema).toBe('inflow-slowest-turns/1');
  expect(slowest.turns).toHaveLength(50);
  expect(slowest.turns[0]).toEqual({
    replication: 0,
    turn: 1,
    population: 'developers',
    human: 0,
    session: 0,
    task: 0,
    end: 'answered',
    submitMs: 5000,
    yieldMs: 8000,
    waitMs: 3000,
    steps: [{ step: 'build', startMs: 5000, endMs: 8000 }],
  });
  const waits = slowest.turns.map(({ waitMs }: { waitMs: number }) => waitMs);
  expect(waits).toEqual([...waits].sort((a, b) => b - a));
});

test('the timeline has the resources too', () => {
  const rows = [...timelineCsv(runs(1))].filter((line) => line.startsWith('0,builders,'));
  // 500 ms a bin: the first build runs from 5 s to 8 s.
  expect(rows[9]).toMatch(/^0,builders,4500,5000,0,0,/);
  expect(rows[10]).toMatch(/^0,builders,5000,5500,1,1,/);
});

test('the human comes first: waits and flow, then bottleneck and steers, then requests, pools, resources, cost', () => {
  const experiment = { ...exampleExperiment, scenario, pools: [] };
  const lines = summaryText(experiment, summaryOf(2), [], paints(false));
  const order = [
    '  humanInFlowLatency',
    '  flow fraction',
    '  human-bottleneck ratio',
    '  steers per hour',
    '  first useful wait',
    '  turn wait',
    '  task time',
    '  TTFT',
    'pools',
    'resources',
    'cost',
  ];
  const places = order.map((start) => lines.findIndex((line) => line.startsWith(start)));
  expect(places[0]).toBe(4);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(lines[places[1]!]).toMatch(/^ {2}flow fraction +100 ± 0%$/);
  // H 5 s, A 4 s a task.
  expect(lines[places[2]!]).toMatch(/^ {2}human-bottleneck ratio +55\.6 ± 0%$/);
  expect(lines.find((line) => line.startsWith('builders'))).toMatch(/ 2\.00 USD\/h$/);
  expect(lines.find((line) => line.includes('per successful task'))).toBeDefined();
  expect(lines.find((line) => line.startsWith('turns'))).toBe('turns      6 answered, 6 asked');
});

test('the document keeps its published schema, and budgets can be put on humans', () => {
  const experiment = { ...exampleExperiment, scenario, pools: [] };
  const summary = summaryOf(2);
  const flow = exampleBudget({
    metric: 'flowFraction',
    population: 'developers',
    min: 0.8,
    max: undefined,
  });
  const verdicts = judgeBudgets([flow], summary, scenario);
  expect(verdicts[0]?.verdict).toBe('pass');
  const document = resultDocument(experiment, summary, verdicts);
  expect(resultSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(document.metrics[0]?.metric).toBe('humanInFlowLatency');
  expect(document.turns).toEqual({ answered: 6, asked: 6 });
});

test('files of sessions are byte-identical for a seed, and go when the next run has none', () => {
  const out = mkdtempSync(join(tmpdir(), 'inflow-humans-'));
  const info = {
    startedAt: new Date(0),
    wallMs: 1,
    version: '1',
    commandLine: [],
    events: 1,
    simulatedMs: 1,
  };
  const document = resultDocument({ ...exampleExperiment, scenario }, summaryOf(2), []);
  const files = ['turns.csv', 'sessions.csv', 'slowest-turns.json'];
  const write = (results = runs(2)) => {
    const folder = writeResults(out, document, results, info);
    return files.map((file) =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '',
    );
  };
  const once = write();
  expect(once.every((text) => text.length > 0)).toBe(true);
  expect(write()).toEqual(once);
  expect(write(exampleResults())).toEqual(['', '', '']);
});
