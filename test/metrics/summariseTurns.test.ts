import { describe, expect, test } from 'vitest';
import { TurnEnd } from '../../sim/facts/turnTable.js';
import { flowRuns } from '../../sim/metrics/flowRuns.js';
import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import { sessionFacts } from '../../sim/metrics/sessionFacts.js';
import { summarise } from '../../sim/metrics/summarise.js';
import { turnPartition } from '../../sim/metrics/turnPartition.js';
import { turnSlice } from '../../sim/metrics/turnSlice.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import {
  type ExampleTurn,
  exampleTurns,
  hourOfTurns,
  runOfTurns,
  steadyTimeline,
} from './exampleTurns.js';

/** One metric of these turns, each inner list a replication. */
function metricOf(
  metric: MetricId,
  replications: readonly (readonly ExampleTurn[])[],
  quantile?: number,
  scenario: Scenario = hourOfTurns,
) {
  const runs = replications.map((turns, replication) => runOfTurns(turns, { replication }));
  return find(runs, scenario, metric, 'developers', quantile);
}

function find(
  runs: readonly RunResult[],
  scenario: Scenario,
  metric: MetricId,
  subject?: string,
  quantile?: number,
) {
  const { metrics } = summarise(runs, scenario, { limits: [], extraQuantiles: [] });
  return metrics.find(
    (value) => value.metric === metric && value.subject === subject && value.quantile === quantile,
  );
}

/** Turns one after the other from 0 on, each waiting so long, followed by a second of thinking. */
function inARow(...waits: readonly number[]): ExampleTurn[] {
  let submitMs = 0;
  return waits.map((waitMs) => {
    const turn = { submitMs, waitMs };
    submitMs += waitMs + 1000;
    return turn;
  });
}

describe('the parts of a turn', () => {
  test('A + H + X + seat is all of the time from submit to next', () => {
    const turns = exampleTurns([
      {
        submitMs: 5000,
        waitMs: 20_000,
        turnMs: 25_000,
        readingMs: 3000,
        thinkingMs: 40_000,
        noticeMs: 60_000,
        resumptionMs: 10_000,
        seatMs: 500,
      },
    ]);
    expect(turnPartition(turns, 0)).toEqual({
      waitMs: 20_000,
      // 5 s of reading while the AI worked.
      engagedMs: 5000 + 3000 + 40_000,
      lostMs: 70_000,
      seatMs: 500,
      afterYieldMs: 113_000,
    });
    expect(turns.nextMs[0]! - turns.submitMs[0]!).toBe(20_000 + 48_000 + 70_000 + 500);
  });

  test('an open turn has its parts so far; one that nobody came to has none', () => {
    const turns = exampleTurns([
      { submitMs: 0, waitMs: 7000, turnMs: 10_000, end: TurnEnd.open },
      { submitMs: 0, waitMs: 1, seatMs: Number.NaN },
    ]);
    expect(turnPartition(turns, 0)).toMatchObject({ waitMs: 7000, engagedMs: 3000, lostMs: 0 });
    expect(turnPartition(turns, 1)).toBeUndefined();
  });
});

describe('flow', () => {
  test('classes: the limits belong to the better class, failed turns to the worst', () => {
    const waits = [1000, 1001, 10_000, 10_001, 60_000, 60_001];
    const turns: ExampleTurn[] = waits.map((waitMs) => ({ submitMs: 0, waitMs }));
    turns.push({ submitMs: 0, waitMs: 0, end: TurnEnd.failed }, { submitMs: 0, waitMs: 0 });
    const shares = (
      ['immediateShare', 'inFlowShare', 'strainedShare', 'brokenShare', 'flowFraction'] as const
    ).map((metric) => metricOf(metric, [turns])?.value);
    expect(shares).toEqual([2 / 8, 2 / 8, 2 / 8, 2 / 8, 4 / 8]);
    expect(metricOf('failedShare', [turns])?.value).toBe(1 / 8);
  });

  test('open turns count with their wait so far, failed ones are in no wait', () => {
    const turns = [
      { submitMs: 0, waitMs: 2000 },
      { submitMs: 0, waitMs: 50_000, end: TurnEnd.open },
      { submitMs: 0, waitMs: 5, end: TurnEnd.failed },
    ];
    const wait = metricOf('humanInFlowLatency', [turns]);
    expect([wait?.value, wait?.samples]).toEqual([26_000, 2]);
  });

  test('turns that were submitted in the warm-up are left out', () => {
    const turns = [
      { submitMs: -5000, waitMs: 9000 },
      { submitMs: 999, waitMs: 9000 },
      { submitMs: 1000, waitMs: 3000 },
    ];
    const scenario: Scenario = { ...hourOfTurns, warmup: { kind: 'cut', untilMs: 1000 } };
    expect(metricOf('humanInFlowLatency', [turns], undefined, scenario)?.value).toBe(3000);
  });

  test('several replications give an interval; few samples no quantile', () => {
    const many = (extraMs: number) =>
      Array.from({ length: 300 }, (_, index) => ({ submitMs: index, waitMs: 100 + extraMs }));
    const p95 = metricOf('humanInFlowLatency', [many(0), many(2)], 0.95);
    // t = 12.706 at one degree of freedom: 12.706 · √2 / √2.
    expect(p95?.value).toBe(101);
    expect(p95?.halfWidth).toBeCloseTo(12.706, 3);
    const few = metricOf('humanInFlowLatency', [inARow(1, 2, 3), inARow(1, 2, 3)], 0.95);
    expect(few).toMatchObject({ doubt: 'tooFewSamples', note: 'p95: 6 of 200 samples' });
  });

  test('without anything to measure there is no value, and no verdict', () => {
    expect(metricOf('flowFraction', [[]])).toMatchObject({ value: undefined, doubt: 'noSamples' });
  });
});

describe('attended time', () => {
  const turns: ExampleTurn[] = [
    // H 40 + 10 read while the AI worked, A 30, X 20 s.
    {
      submitMs: 0,
      waitMs: 30_000,
      turnMs: 40_000,
      thinkingMs: 40_000,
      noticeMs: 15_000,
      resumptionMs: 5000,
    },
    // H 100 s.
    { submitMs: 200_000, waitMs: 0, thinkingMs: 100_000 },
    // Off-task: away for half an hour and a second.
    { submitMs: 400_000, waitMs: 10_000, thinkingMs: 1000, noticeMs: 1_800_000 },
  ];

  test('the human-bottleneck ratio is H / (H + A + X), off-task turns apart', () => {
    expect(metricOf('humanBottleneckRatio', [turns])?.value).toBe(150 / 200);
    expect(metricOf('waitingShare', [turns])?.value).toBe(30 / 200);
    expect(metricOf('attentionShare', [turns])?.value).toBe(20 / 200);
    expect(metricOf('offTaskShare', [turns])?.value).toBe(1 / 3);
    expect(metricOf('attentionLossShare', [turns])?.value).toBe(2 / 3);
  });

  test('steers per hour: two turns in 200 s are 36', () => {
    expect(metricOf('steersPerHour', [turns])?.value).toBe(36);
    // Three submits of one user in an hour.
    expect(metricOf('turnsPerHour', [turns])?.value).toBe(3);
  });

  test('a human with several sessions is a seat: its utilisation is the ratio', () => {
    const [people] = hourOfTurns.agents!.populations;
    const members = {
      kind: 'closed',
      users: 2,
      sessionsPerHuman: 3,
      switchMs: 0,
      offTimeMs: { kind: 'constant', value: 0 },
    } as const;
    const scenario: Scenario = {
      ...hourOfTurns,
      agents: { ...hourOfTurns.agents!, populations: [{ ...people, members } as never] },
    };
    const seated: ExampleTurn[] = [
      // At it from 500 s to 1,400 s.
      { submitMs: 0, waitMs: 400_000, seatMs: 100_000, thinkingMs: 900_000 },
      // From 3,500 s on, 100 s of it in the run.
      { submitMs: 3_400_000, waitMs: 100_000, thinkingMs: 500_000, session: 1 },
      // Nobody has come to it.
      { submitMs: 3_000_000, waitMs: 100_000, seatMs: Number.NaN, session: 2 },
    ];
    const value = (metric: MetricId) => metricOf(metric, [seated], undefined, scenario)?.value;
    expect(value('humanBottleneckRatio')).toBe(1_000_000 / 7_200_000);
    // Three turns in two hours of two humans.
    expect(value('steersPerHour')).toBe(1.5);
    expect(value('waitingShare')).toBeUndefined();
  });
});

describe('flow sessions', () => {
  const runsOf = (turns: readonly ExampleTurn[]) => {
    const run = runOfTurns(turns);
    const window = { fromMs: 0, toMs: 3_600_000 };
    return flowRuns(turnSlice(run, window, sessionFacts(hourOfTurns)));
  };

  test('five turns in a row are one, four are none, ten are still one', () => {
    expect(runsOf(inARow(1, 1, 1, 1))).toEqual({ count: 0, attendedMs: 0 });
    expect(runsOf(inARow(1, 1, 1, 1, 1))).toEqual({ count: 1, attendedMs: 5005 });
    expect(runsOf(inARow(...Array.from({ length: 10 }, () => 1)))).toMatchObject({ count: 1 });
  });

  test('a long wait, a lost thought, a failure and a pause end a run', () => {
    const five = [1, 1, 1, 1, 1];
    expect(runsOf(inARow(...five, 10_001, ...five)).count).toBe(2);
    const eleven = inARow(...five, 1, ...five);
    const changed = (change: Partial<ExampleTurn>) =>
      eleven.map((turn, index) => (index === 5 ? { ...turn, ...change } : turn));
    expect(runsOf(eleven).count).toBe(1);
    expect(runsOf(changed({ thinkingMs: 900, noticeMs: 100 })).count).toBe(2);
    expect(runsOf(changed({ end: TurnEnd.failed })).count).toBe(2);
    const later = eleven.map((turn, index) =>
      index < 5 ? turn : { ...turn, submitMs: turn.submitMs + 1 },
    );
    expect(runsOf(later).count).toBe(2);
  });

  test('minutes in flow per attended hour, and what one costs', () => {
    // 60 turns of 10 s wait and 20 s thinking: 30 min in flow. Then 30 min of waits that break it.
    const flowing = Array.from({ length: 60 }, (_, index) => ({
      submitMs: index * 30_000,
      waitMs: 10_000,
      thinkingMs: 20_000,
    }));
    const broken = Array.from({ length: 15 }, (_, index) => ({
      submitMs: 1_800_000 + index * 120_000,
      waitMs: 100_000,
      thinkingMs: 20_000,
    }));
    const turns = [...flowing, ...broken];
    expect(metricOf('flowMinutesPerHour', [turns])?.value).toBe(30);
    expect(metricOf('flowSessionsPerHour', [turns])?.value).toBe(1);
    expect(find([runOfTurns(turns)], hourOfTurns, 'usdPerFlowMinute')?.value).toBeCloseTo(0.12, 12);
  });
});

describe('work', () => {
  /** Two tasks: one of two turns that succeeds, one that fails; a third is open. */
  const turns: ExampleTurn[] = [
    { submitMs: 0, waitMs: 10_000, end: TurnEnd.asked, calls: 3 },
    { submitMs: 11_000, waitMs: 20_000, succeeded: true, calls: 4 },
    { submitMs: 40_000, waitMs: 5000, task: 1, calls: 2, end: TurnEnd.interrupted },
    { submitMs: 3_500_000, waitMs: 100_000, task: 2, end: TurnEnd.open, calls: 7 },
  ];

  test('a task lasts from its first submit to its last yield, an open one to the end', () => {
    const time = metricOf('taskTime', [turns]);
    expect([time?.value, time?.samples]).toEqual([(31_000 + 5000 + 100_000) / 3, 3]);
    expect(metricOf('successShare', [turns])?.value).toBe(1 / 2);
    expect(metricOf('interruptedShare', [turns])?.value).toBe(1 / 3);
    expect(metricOf('callsPerTurn', [turns])?.value).toBe(4);
    expect(metricOf('callsPerDeveloperHour', [turns])?.value).toBe(16);
  });

  test('cost per turn, task and successful task: 3.60 USD over three, two and one', () => {
    const cost = (metric: MetricId) => find([runOfTurns(turns)], hourOfTurns, metric)?.value;
    expect(cost('costPerTurn')).toBeCloseTo(1.2, 12);
    expect(cost('costPerTask')).toBeCloseTo(1.8, 12);
    expect(cost('costPerSuccessfulTask')).toBeCloseTo(3.6, 12);
    expect(cost('usdPerFlowMinute')).toBeUndefined();
  });

  test('how turns ended is counted, and what is open or failed is told', () => {
    const summary = summarise([runOfTurns(turns)], hourOfTurns, { limits: [], extraQuantiles: [] });
    expect(summary.turns).toEqual([
      { end: 'answered', count: 1 },
      { end: 'asked', count: 1 },
      { end: 'interrupted', count: 1 },
      { end: 'open', count: 1 },
    ]);
    expect(summary.remarks).toContain(
      '25.0% of the turns were open at the end: they count with their wait so far',
    );
  });

  test('a background population has lateness instead of flow', () => {
    const [people] = hourOfTurns.agents!.populations as never as [{ workload: object }];
    const quiet = { ...people, workload: { ...people.workload, interactive: false } };
    const scenario: Scenario = {
      ...hourOfTurns,
      agents: { ...hourOfTurns.agents!, populations: [quiet as never] },
    };
    const late = [
      { submitMs: 0, waitMs: 99_000, noticeMs: 60_000 },
      { submitMs: 0, waitMs: 1 },
    ];
    const value = (metric: MetricId) => metricOf(metric, [late], undefined, scenario)?.value;
    expect(value('notificationLateness')).toBe(30_000);
    expect(value('humanInFlowLatency')).toBeUndefined();
    expect(value('turnWait')).toBe(49_500.5);
  });
});

test('the warm-up of humans is found on their waits', () => {
  const scenario: Scenario = { ...hourOfTurns, warmup: { kind: 'auto' } };
  // 20 turns wait for a minute, then 180 for a second or two.
  const turns = Array.from({ length: 200 }, (_, index) => ({
    submitMs: index * 1000,
    waitMs: index < 20 ? 60_000 : 1000 + (index % 2),
  }));
  const warmupOf = (some: readonly ExampleTurn[]) =>
    summarise([runOfTurns(some)], scenario, { limits: [], extraQuantiles: [] }).warmup;
  expect(warmupOf(turns)).toEqual({
    untilMs: 20_000,
    rule: 'MSER-5 on perceived wait: the first 20 of 200 turns',
    isRefused: false,
  });
  expect(warmupOf(turns.slice(0, 30))).toMatchObject({ untilMs: 0, isRefused: true });
});

test('resources: how busy, how long the queue, how cold, how dear', () => {
  const spec = {
    kind: 'sandboxes',
    name: 'hosts',
    slots: 8,
    maxWaiting: 10,
    patienceMs: { kind: 'constant', value: 1000 },
    usdPerHour: 2,
    createMs: { kind: 'constant', value: 1 },
    warmStartMs: 0,
    warmTarget: 0,
    createIntervalMs: 0,
  } as const;
  const scenario: Scenario = {
    ...hourOfTurns,
    horizonMs: 10_000,
    agents: { ...hourOfTurns.agents!, resources: [spec] },
  };
  const run = runOfTurns([], { endMs: 10_000 });
  const resource = {
    name: 'hosts',
    kind: 'sandboxes',
    slots: 8,
    timeline: steadyTimeline(2, 3),
    completed: 30,
    rejected: 6,
    abandoned: 4,
    meanQueueMs: 250,
    coldStartShare: 0.4,
  } as const;
  const runs = [{ ...run, agents: { ...run.agents!, resources: [resource] } }];
  const value = (metric: MetricId, subject?: string) =>
    find(runs, scenario, metric, subject)?.value;
  expect(value('utilisation', 'hosts')).toBe(0.25);
  expect(value('waiting', 'hosts')).toBe(3);
  expect(value('jobQueueTime', 'hosts')).toBe(250);
  expect(value('jobsRejected', 'hosts')).toBe(0.15);
  expect(value('jobsAbandoned', 'hosts')).toBe(0.1);
  expect(value('coldStartShare', 'hosts')).toBe(0.4);
  expect(value('usdPerHour', 'hosts')).toBe(2);
  expect(value('usdPerHour')).toBeCloseTo(5.6, 12);
});
