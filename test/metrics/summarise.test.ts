import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { summarise } from '../../sim/metrics/summarise.js';
import type { MetricValue, Summary } from '../../sim/metrics/summary.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { LogHistogram } from '../../sim/statistics/logHistogram.js';
import { type ExampleRequest, examplePool, exampleRun, exampleTimeline } from './exampleRun.js';
import { examplePoolSpec, exampleScenario } from './exampleScenario.js';

const none = { limits: [], extraQuantiles: [] };

describe('metrics of requests', () => {
  // Two requests: TTFT 100 and 300 ms, then 10 gaps each: 400 ms and 200 ms after the first token.
  const two: ExampleRequest[] = [
    { arrivalMs: 1000, firstTokenMs: 1100, finishMs: 1500, networkMs: 5, kvBlocksMs: 30 },
    { arrivalMs: 2000, firstTokenMs: 2300, finishMs: 2500, networkMs: 5, headOfLineMs: 50 },
  ];

  test('means are TTFT 200, client TTFT 210, TPOT 30, E2E 500, queue time 40 ms', () => {
    const summary = summarise([exampleRun(two)], exampleScenario, none);
    expect(valueIn(summary, 'ttft')).toBe(200);
    expect(valueIn(summary, 'clientTtft')).toBe(210);
    expect(valueIn(summary, 'tpot')).toBe(30);
    expect(valueIn(summary, 'e2e')).toBe(500);
    expect(valueIn(summary, 'queueTime')).toBe(40);
    expect(valueIn(summary, 'queueKvBlocks')).toBe(15);
    expect(valueIn(summary, 'queueHeadOfLine')).toBe(25);
    expect(valueIn(summary, 'queueSlots')).toBe(0);
  });

  test('rates over 10 s: 2 requests, 22 output and 200 prompt tokens', () => {
    const summary = summarise([exampleRun(two)], exampleScenario, none);
    expect(valueIn(summary, 'throughput')).toBe(0.2);
    expect(valueIn(summary, 'outputTokensPerSec')).toBe(2.2);
    expect(valueIn(summary, 'promptTokensPerSec')).toBe(20);
    expect(valueIn(summary, 'rejectedShare')).toBe(0);
  });

  test('a request is good when it meets every budget of its population: TTFT at its limit counts', () => {
    const goodput = (limits: Parameters<typeof summarise>[2]['limits']) =>
      valueIn(
        summarise([exampleRun(two)], exampleScenario, { limits, extraQuantiles: [] }),
        'goodput',
      );
    expect(goodput([{ measure: 'ttft', population: 'chat', maxMs: 100 }])).toBe(0.1);
    expect(goodput([{ measure: 'ttft', population: undefined, maxMs: 99 }])).toBe(0);
    expect(goodput([{ measure: 'ttft', population: 'others', maxMs: 1 }])).toBe(0.2);
    expect(
      goodput([
        { measure: 'ttft', population: 'chat', maxMs: 100 },
        { measure: 'tpot', population: 'chat', maxMs: 39 },
      ]),
    ).toBe(0);
  });

  test('an answer of one token has no TPOT', () => {
    const single = [{ arrivalMs: 0, firstTokenMs: 10, finishMs: 10, outputTokens: 1 }];
    const summary = summarise([exampleRun(single)], exampleScenario, none);
    expect(find(summary, 'tpot')).toMatchObject({ value: undefined, doubt: 'noSamples' });
    expect(valueIn(summary, 'e2e')).toBe(10);
  });

  test('rejected and open requests have no latency; 1 of 4 is rejected', () => {
    const run = exampleRun([
      ...two,
      { arrivalMs: 3000, outcome: Outcome.rejected },
      { arrivalMs: 4000, firstTokenMs: 4500 },
    ]);
    const summary = summarise([run], exampleScenario, none);
    expect(find(summary, 'ttft')).toMatchObject({ value: 200, samples: 2 });
    expect(valueIn(summary, 'rejectedShare')).toBe(0.25);
    expect(summary.outcomes).toEqual([
      { outcome: 'completed', count: 2 },
      { outcome: 'rejected', count: 1 },
      { outcome: 'open', count: 1 },
    ]);
    expect(summary.remarks).toContain(
      '25.0% of the requests were still open at the end: the slowest are missing from the latencies',
    );
  });

  test('what arrives before the warm-up cut is left out, and time with it', () => {
    const scenario: Scenario = { ...exampleScenario, warmup: { kind: 'cut', untilMs: 2000 } };
    const summary = summarise([exampleRun(two)], scenario, none);
    expect(find(summary, 'ttft')).toMatchObject({ value: 300, samples: 1 });
    expect(valueIn(summary, 'throughput')).toBe(1 / 8);
    expect(summary.warmup).toEqual({
      untilMs: 2000,
      rule: 'set by the experiment',
      isRefused: false,
    });
  });

  test('populations are told apart', () => {
    const run = exampleRun(
      two.map((request, index) => ({ ...request, population: index })),
      { populationNames: ['batch', 'chat'] },
    );
    const [chat] = exampleScenario.populations;
    const scenario = { ...exampleScenario, populations: [{ ...chat!, name: 'batch' }, chat!] };
    const summary = summarise([run], scenario, none);
    expect(valueIn(summary, 'ttft', 'batch')).toBe(100);
    expect(valueIn(summary, 'ttft', 'chat')).toBe(300);
    expect(valueIn(summary, 'ttft')).toBe(200);
  });

  test('requests beyond the rows come from histograms, and the summary says so', () => {
    const histogram = new LogHistogram();
    histogram.add(500, 2);
    const run = exampleRun(two, {
      arrived: 5,
      overflow: [
        {
          population: 0,
          fromMs: 3000,
          completed: 3,
          inTime: 2,
          ttftMs: histogram,
          clientTtftMs: histogram,
          tpotMs: histogram,
          e2eMs: histogram,
          queueMs: histogram,
          promptTokens: 200,
          outputTokens: 22,
        },
      ],
    });
    const summary = summarise([run], exampleScenario, none);
    expect(find(summary, 'ttft')).toMatchObject({ value: 350, samples: 4 });
    expect(valueIn(summary, 'throughput')).toBe(0.4);
    expect(valueIn(summary, 'goodput')).toBeUndefined();
    // One of them ended after the horizon: it is in no rate.
    expect(summary.outcomes).toEqual([{ outcome: 'completed', count: 5 }]);
    expect(summary.remarks.join()).toMatch(/only the first 2 requests have a row/);
    const late = { ...exampleScenario, warmup: { kind: 'cut', untilMs: 3001 } } as const;
    expect(find(summarise([run], late, none), 'throughput')).toMatchObject({
      doubt: 'limitReached',
      note: 'the warm-up has more requests than rows',
    });
  });
});

describe('evidence', () => {
  test('replications with mean TTFT 100, 200, 300 ms: 200 ± 248.4 ms (t = 4.3027 at 2 degrees)', () => {
    const runs = [100, 200, 300].map((ttftMs) => steadyRun(40, () => ttftMs));
    const mean = find(summarise(runs, exampleScenario, none), 'ttft');
    expect(mean.value).toBe(200);
    expect(mean.halfWidth).toBeCloseTo((4.302653 * 100) / Math.sqrt(3), 2);
    expect(mean).toMatchObject({ samples: 120, doubt: undefined, note: undefined });
  });

  test('a p95 of 199 samples is doubted, of 200 it is not', () => {
    const summaryOf = (count: number) =>
      summarise(
        [1, 2].map(() => steadyRun(count, (i) => i)),
        exampleScenario,
        none,
      );
    expect(find(summaryOf(99), 'ttft', 0.95)).toMatchObject({
      doubt: 'tooFewSamples',
      interval: undefined,
      note: 'p95: 198 of 200 samples',
    });
    expect(find(summaryOf(100), 'ttft', 0.95)).toMatchObject({ doubt: undefined, samples: 200 });
  });

  test('short replications are pooled, and their interval covers the order statistics', () => {
    const p95 = find(
      summarise(
        [1, 2].map(() => steadyRun(100, (i) => i)),
        exampleScenario,
        none,
      ),
      'ttft',
      0.95,
    );
    // 0,0,1,1,…,99,99: position 0.95·199 = 189.05.
    expect(p95.value).toBeCloseTo(94.05, 9);
    expect(p95.interval!.low).toBeLessThan(94);
    expect(p95.interval!.high).toBeGreaterThan(95);
  });

  test('one replication has the interval of its order statistics, on which nothing is judged', () => {
    const p50 = find(summarise([steadyRun(100, (i) => i)], exampleScenario, none), 'ttft', 0.5);
    expect(p50).toMatchObject({ value: 49.5, halfWidth: undefined, doubt: 'oneReplication' });
    // Ranks 39 and 60 (from 0) bound the median of 100 values with 95%.
    expect(p50.interval!.low).toBeCloseTo(39, 0);
    expect(p50.interval!.high).toBeCloseTo(60, 0);
  });

  test('quantiles that budgets name are given beside p50, p95 and p99', () => {
    const summary = summarise([steadyRun(100, (i) => i)], exampleScenario, {
      limits: [],
      extraQuantiles: [0.9, 0.5],
    });
    const shown = summary.metrics.filter(({ metric, subject }) => metric === 'ttft' && !subject);
    expect(shown.map(({ quantile }) => quantile)).toEqual([undefined, 0.5, 0.9, 0.95, 0.99]);
    expect(find(summary, 'ttft', 0.9).value).toBeCloseTo(89.1, 9);
  });

  test('a run that stopped at its event limit carries no verdict', () => {
    const run = { ...steadyRun(100, () => 5), ending: 'eventLimit' as const };
    const summary = summarise([run, run], exampleScenario, none);
    expect(find(summary, 'ttft').doubt).toBe('limitReached');
    expect(summary.remarks).toEqual(['2 of 2 replications stopped at the event limit']);
  });

  test('where more arrives than is finished, latencies grow with run length', () => {
    const growing = exampleTimeline({ waiting: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    const run = { ...steadyRun(100, () => 5), pools: [examplePool({ timeline: growing })] };
    const summary = summarise([run, run], exampleScenario, none);
    expect(summary.stability.verdict).toBe('overloaded');
    expect(find(summary, 'ttft', 0.5)).toMatchObject({
      doubt: 'growsWithRunLength',
      note: 'grows with run length',
    });
    expect(find(summary, 'throughput')).toMatchObject({
      doubt: 'growsWithRunLength',
      note: undefined,
    });
    expect(find(summary, 'usdPerHour').doubt).toBeUndefined();
  });
});

describe('warm-up by MSER-5', () => {
  const scenario: Scenario = { ...exampleScenario, warmup: { kind: 'auto' } };

  test('a start 50 times as slow, over 100 of 1,000 requests, is cut', () => {
    const runs = [0, 1].map(() => steadyRun(1000, (i) => (i < 100 ? 5000 : 100 + (i % 5))));
    const { warmup } = summarise(runs, scenario, none);
    // The 101st of 1,000 requests, evenly over 10 s, arrives at 1 s.
    expect(warmup).toEqual({
      untilMs: 1000,
      rule: 'MSER-5 on TTFT: the first 100 of 1000 requests',
      isRefused: false,
    });
  });

  test('a series that never settles is refused: nothing is cut and nothing judged', () => {
    const runs = [0, 1].map(() => steadyRun(1000, (i) => i * i));
    const summary = summarise(runs, scenario, none);
    expect(summary.warmup).toMatchObject({ untilMs: 0, isRefused: true });
    expect(summary.warmup.rule).toMatch(/still moves in the last half of the run. Run longer/);
    expect(find(summary, 'ttft')).toMatchObject({
      doubt: 'warmupNotOver',
      note: 'warm-up not over: run longer',
    });
  });

  test('49 requests are too few to tell', () => {
    const { warmup } = summarise([steadyRun(49, () => 1)], scenario, none);
    expect(warmup.rule).toMatch(/TTFT has only 49 requests/);
  });
});

describe('metrics of pools', () => {
  const pool = examplePool({
    units: 2,
    completed: 7,
    promptTokens: 200,
    hitTokens: 50,
    preemptions: 3,
    timeline: exampleTimeline({
      busyUnits: [2, 2, 2, 2, 2, 0, 0, 0, 0, 0],
      running: [8, 8, 8, 8, 8, 0, 0, 0, 0, 0],
      waiting: [4, 4, 0, 0, 0, 0, 0, 0, 0, 0],
      usedKvBlocks: [100, 100, 100, 100, 100, 0, 0, 0, 0, 0],
      cachedKvBlocks: [20, 20, 20, 20, 20, 20, 20, 20, 20, 20],
      // 4e12 in 10 s on two accelerators of 1e12 a second: a fifth.
      flops: [4e12, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      memoryBytes: [0, 0, 0, 0, 2e12, 0, 0, 0, 0, 0],
    }),
  });
  const scenario: Scenario = {
    ...exampleScenario,
    pools: [{ ...examplePoolSpec, replicas: 2 }],
  };
  const requests = [{ arrivalMs: 0, firstTokenMs: 10, finishMs: 110, promptTokens: 389 }];

  test('each from the timeline and the counters of the pool', () => {
    const summary = summarise([exampleRun(requests, { pools: [pool] })], scenario, none);
    const value = (metric: string) => valueIn(summary, metric, 'gpu');
    expect(value('utilisation')).toBe(0.5);
    expect(value('running')).toBe(4);
    expect(value('batch')).toBe(4);
    expect(value('waiting')).toBe(0.8);
    expect(value('kvUse')).toBe(0.25);
    expect(value('kvCached')).toBe(0.1);
    expect(value('mfu')).toBe(0.2);
    expect(value('mbu')).toBe(0.1);
    expect(value('hitRate')).toBe(0.25);
    expect(value('preemptions')).toBe(3);
    // 2 · 100 blocks of 16 tokens hold 8 contexts of 389 + 11 tokens.
    expect(value('contextsHeld')).toBe(8);
  });

  test('with data-parallel attention each accelerator holds whole contexts of its own', () => {
    const [spec] = scenario.pools as readonly [typeof examplePoolSpec];
    const { deployment } = spec;
    const scaleUp = { ...deployment.accelerator.scaleUp!, domain: 2 };
    const accelerator = { ...deployment.accelerator, scaleUp };
    const attention = { kind: 'grouped', heads: 2, kvHeads: 2, headSize: 8 } as const;
    const model = { ...deployment.model, attention };
    const data = {
      ...deployment,
      accelerator,
      model,
      tensorParallel: 2,
      attention: 'data',
    } as const;
    const pools = [{ ...spec, deployment: data }];
    const held = (promptTokens: number) => {
      const run = exampleRun([{ ...requests[0]!, promptTokens }], { pools: [pool] });
      return valueIn(summarise([run], { ...scenario, pools }, none), 'contextsHeld', 'gpu');
    };
    // 50 blocks on each of four accelerators: 2 contexts of 25 blocks, 1 of 26, where 200 blocks hold 7.
    expect(held(389)).toBe(8);
    expect(held(390)).toBe(4);
  });

  test('the warm-up is left out of them, and a bin counts by its part after it', () => {
    const cut: Scenario = { ...scenario, warmup: { kind: 'cut', untilMs: 4500 } };
    const summary = summarise([exampleRun(requests, { pools: [pool] })], cut, none);
    // Half a second of 2 busy units, then 5 s of none: 1/11 of 5.5 s.
    expect(valueIn(summary, 'utilisation', 'gpu')).toBeCloseTo(1 / 11, 12);
  });

  test('7.2 USD/h for 0.1 requests/s is 0.02 USD per request', () => {
    const summary = summarise([exampleRun(requests, { pools: [pool] })], scenario, none);
    expect(valueIn(summary, 'usdPerHour')).toBe(7.2);
    expect(valueIn(summary, 'usdPerHour', 'gpu')).toBe(7.2);
    expect(valueIn(summary, 'costPerRequest')).toBeCloseTo(0.02, 12);
    expect(valueIn(summary, 'costPerMillionTokens')).toBeCloseTo((0.02 / 11) * 1e6, 6);
  });

  test('without a price there is no cost, and the line names the pool', () => {
    const free = { ...scenario, pools: [{ ...examplePoolSpec, usdPerReplicaHour: undefined }] };
    const summary = summarise([exampleRun(requests)], free, none);
    expect(find(summary, 'costPerRequest')).toMatchObject({
      value: undefined,
      note: 'no price for gpu',
    });
  });

  test('a pool that did nothing has no batch and no hit rate', () => {
    const summary = summarise([exampleRun([])], exampleScenario, none);
    expect(valueIn(summary, 'utilisation', 'gpu')).toBe(0);
    expect(valueIn(summary, 'batch', 'gpu')).toBeUndefined();
    expect(valueIn(summary, 'hitRate', 'gpu')).toBeUndefined();
  });
});

/** Requests evenly over 10 s, the i-th with a TTFT of `ttftMs(i)` and 10 more tokens at 1 ms. */
function steadyRun(count: number, ttftMs: (index: number) => number): RunResult {
  return exampleRun(
    Array.from({ length: count }, (_, index) => {
      const arrivalMs = (index * 10_000) / count;
      const firstTokenMs = arrivalMs + ttftMs(index);
      return { arrivalMs, firstTokenMs, finishMs: firstTokenMs + 10 };
    }),
  );
}

function find(summary: Summary, metric: string, quantile?: number, subject?: string): MetricValue {
  const found = summary.metrics.find(
    (each) => each.metric === metric && each.subject === subject && each.quantile === quantile,
  );
  if (!found) throw new Error(`no ${metric} of ${subject} at ${quantile}`);
  return found;
}

function valueIn(summary: Summary, metric: string, subject?: string): number | undefined {
  return find(summary, metric, undefined, subject).value;
}
