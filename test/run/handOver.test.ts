import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { remarksOn } from '../../sim/metrics/runRemarks.js';
import { summarise } from '../../sim/metrics/summarise.js';
import { simulate } from '../../sim/run/simulate.js';
import { loadText, loadValid, loadValidMixes } from '../config/loadText.js';
import { scenarioOf } from '../validation/scenarioOf.js';

const experiment = (name: string) =>
  readFileSync(new URL(`../../experiments/${name}.yaml`, import.meta.url), 'utf8');

const pair = (gpu: string, decode: string) => `
inflow: 1
name: pair
horizon: 60s
drain: true
models: { chat: llama-3.1-8b }
populations:
  readers:
    workload:
      request: { model: chat, prompt: { p50: 2k tokens, p90: 6k tokens, max: 20k tokens }, output: { p50: 60 tokens, p90: 200 tokens, max: 500 tokens } }
    arrivals: { rate: 6/s }
fleet:
  gpu: { serves: chat, hardware: h100-sxm, ${gpu} }
  late: { serves: chat, hardware: h100-sxm, ${decode} }
`;

function codes(text: string): string[] {
  const result = loadText(text);
  if (result.ok) return [];
  return result.mistakes.flatMap(({ code, severity }) => (severity === 'error' ? [code] : []));
}

describe('a hand-over in a run', () => {
  test('a link that is busy both ways is busy in the busier one, not twice', () => {
    const slow = 'kvBandwidth: 1 GB/s';
    const loaded = loadValid(
      pair(`handOver: { to: late, returnKv: true }, ${slow}`, `prefill: none, ${slow}`).replace(
        /output: \{[^}]*\}/,
        'output: 1000 tokens',
      ),
    );
    const run = simulate(loaded.scenario, { seed: '1', replication: 0 });
    const { metrics } = summarise([run], loaded.scenario, { limits: [], extraQuantiles: [] });
    for (const pool of run.pools) {
      const { outBusyMs, inBusyMs, overMs } = pool.kvLinks!;
      expect(Math.min(outBusyMs, inBusyMs)).toBeGreaterThan(0);
      const busy = metrics.find(
        ({ metric, subject }) => metric === 'kvLinkBusy' && subject === pool.name,
      );
      expect(busy!.value).toBe(Math.max(outBusyMs, inBusyMs) / overMs);
      expect(busy!.value).toBeGreaterThan(0.5);
      expect(busy!.value).toBeLessThanOrEqual(1);
      expect(outBusyMs + inBusyMs).toBeGreaterThan(overMs);
    }
  });

  test('of 32,768 tokens takes 26.8 ms over 8 x 400 Gb/s, twice that on a shared link, 859 ms over 100 Gb/s', () => {
    const { mixes } = loadValidMixes(experiment('hand-over-links'));
    const times = mixes.map((mix) => {
      const { handOvers } = simulate(mix.scenario, { seed: '1', replication: 0 });
      return [...new Set(handOvers!.kvTransferMs)].map((ms) => Math.round(10 * ms) / 10);
    });
    // 32,768 tokens · 2 · 80 layers · 8 heads · 128 · 2 bytes = 10.74 GB.
    expect(times).toEqual([[26.8], [53.7], [859]]);
  });

  test('splits the time of every request into parts that add up', () => {
    const { scenario } = loadValid(pair('handOver: { to: late }', 'prefill: none'));
    const { requests, handOvers } = simulate(scenario, { seed: '1', replication: 0 });
    let checked = 0;
    for (let row = 0; row < requests.count; row++) {
      if (Number.isNaN(handOvers!.kvTransferMs[row]!)) continue;
      const queueMs =
        requests.headOfLineMs[row]! +
        requests.slotsMs[row]! +
        requests.kvBlocksMs[row]! +
        requests.tokenBudgetMs[row]! +
        requests.iterationMs[row]!;
      const promptMs = handOvers!.prefilledMs[row]! - requests.arrivalMs[row]! - queueMs;
      const decodeQueueMs =
        handOvers!.decodeHeadOfLineMs[row]! +
        handOvers!.decodeSlotsMs[row]! +
        handOvers!.decodeKvBlocksMs[row]! +
        handOvers!.decodeTokenBudgetMs[row]! +
        handOvers!.decodeIterationMs[row]!;
      const decodeMs =
        requests.finishMs[row]! -
        handOvers!.prefilledMs[row]! -
        decodeQueueMs -
        handOvers!.kvTransferMs[row]!;
      expect(requests.firstTokenMs[row]).toBe(handOvers!.prefilledMs[row]);
      expect(promptMs).toBeGreaterThan(0);
      expect(decodeMs).toBeGreaterThan(0);
      checked++;
    }
    expect(checked).toBeGreaterThan(200);
  });

  test('computes prompts twice where the KV cannot be read, and says so', () => {
    const { scenario } = loadValid(
      pair('handOver: { to: late }', 'replicas: 2').replace(
        'late: { serves: chat, hardware: h100-sxm',
        'late: { serves: chat, hardware: mi300x',
      ),
    );
    const run = simulate(scenario, { seed: '1', replication: 0 });
    const { requests, handOvers, pools } = run;
    const [gpu, late] = pools;
    let tokens = 0;
    let count = 0;
    for (let row = 0; row < requests.count; row++) {
      expect(handOvers!.kvTokens[row]).toBe(0);
      if (requests.outputTokens[row] === 1) continue;
      count++;
      // Nobody has sent these prompts before.
      expect(handOvers!.recomputedTokens[row]).toBe(requests.promptTokens[row]! + 1);
      tokens += handOvers!.recomputedTokens[row]!;
      expect(requests.firstTokenMs[row]).toBe(handOvers!.prefilledMs[row]);
      const decodeQueueMs =
        handOvers!.decodeHeadOfLineMs[row]! +
        handOvers!.decodeSlotsMs[row]! +
        handOvers!.decodeKvBlocksMs[row]! +
        handOvers!.decodeTokenBudgetMs[row]! +
        handOvers!.decodeIterationMs[row]!;
      const decodeMs =
        requests.finishMs[row]! -
        handOvers!.prefilledMs[row]! -
        decodeQueueMs -
        handOvers!.recomputeMs[row]!;
      expect(handOvers!.recomputeMs[row]).toBeGreaterThan(0);
      // Each token after the second takes an iteration, if there is one.
      if (requests.outputTokens[row]! > 2) expect(decodeMs).toBeGreaterThan(0);
      else expect(decodeMs).toBe(0);
    }
    expect(count).toBeGreaterThan(200);
    expect(late!.rePrefills).toEqual([{ of: 'gpu', requests: count, tokens }]);
    expect(gpu!.promptTokens + count).toBeGreaterThanOrEqual(late!.promptTokens);
    expect(late!.kvLinks).toBeUndefined();
    const judged = { verdict: 'stable' } as Parameters<typeof remarksOn>[1];
    expect(remarksOn([run], judged)).toContain(
      `late cannot read the KV of gpu: it computed the prompts of ${count} requests again, ${tokens} tokens; the first time gave one token each`,
    );
  });

  test('leaves requests where they are while the line at the decode pool is long', () => {
    const spill = 'handOver: { to: late, spillAt: { queueTime: 0ms } }';
    const { scenario } = loadValid(pair(spill, 'prefill: none'));
    const { handOvers, requests } = simulate(scenario, { seed: '1', replication: 0 });
    expect(requests.count).toBeGreaterThan(200);
    expect([...handOvers!.kvTransferMs].every(Number.isNaN)).toBe(true);
  });

  test('leaves only those where they are that find an old line at the decode pool', () => {
    const spill = 'handOver: { to: late, spillAt: { queueTime: 500ms } }';
    const slots = 'prefill: none, engine: { maxSequences: 3 }';
    const { scenario } = loadValid(pair(spill, slots));
    const { handOvers, requests } = simulate(scenario, { seed: '1', replication: 0 });
    const waits = handOvers!.decodeSlotsMs;
    const rows = Array.from(waits.keys()).slice(0, requests.count);
    const handed = rows.filter((row) => !Number.isNaN(handOvers!.kvTransferMs[row]!));
    // Of one token they end where their prompt is computed.
    const stayed = rows.filter(
      (row) => handOvers!.decodePool[row]! < 0 && requests.outputTokens[row]! > 1,
    );
    expect(handed.length).toBeGreaterThan(50);
    expect(stayed.length).toBeGreaterThan(50);
    for (const row of stayed) {
      // Somebody had come to that line half a second before, and had no slot yet.
      const atMs = requests.arrivalMs[row]!;
      const isOld = handed.some(
        (other) =>
          handOvers!.prefilledMs[other]! <= atMs - 500 &&
          requests.finishMs[other]! > atMs &&
          waits[other]! + handOvers!.decodeHeadOfLineMs[other]! >= 500,
      );
      expect(isOld).toBe(true);
    }
  });

  test('draws drafts where they are decoded: 1 + 0.8 + 0.64 tokens an iteration', () => {
    const drafts = 'prefill: none, engine: { speculation: { draftTokens: 2, acceptance: 80% } }';
    const { scenario } = loadValid(pair('handOver: { to: late }', drafts));
    const { pools } = simulate(scenario, { seed: '1', replication: 0 });
    const [gpu, late] = pools;
    expect(gpu!.draftTokens).toBe(0);
    const perIteration = 1 + late!.acceptedDrafts / (late!.draftTokens / 2);
    // Outputs that end inside a burst give less.
    expect(perIteration).toBeGreaterThan(2.36);
    expect(perIteration).toBeLessThan(2.45);
  });
});

describe('what a file says of a hand-over', () => {
  test('is checked: target, KV, roles of the pools', () => {
    expect(codes(pair('handOver: { to: later }', ''))).toEqual(['E_REF']);
    expect(codes(pair('handOver: { to: gpu }', ''))).toEqual(['E_REF']);
    expect(codes(pair('handOver: { to: late }', 'kv: fp8'))).toEqual(['E_VALUE']);
    expect(codes(pair('handOver: { to: late, minTokens: 64 }', 'prefill: none'))).toEqual([
      'E_KEY',
    ]);
    expect(codes(pair('replicas: 2', 'prefill: none'))).toEqual(['E_UNSERVED']);
    expect(codes(pair('kvBandwidth: 1 GB/s', 'replicas: 1'))).toEqual(['E_KEY']);
    const tiers = 'tiers: [{ name: ddr, capacity: 100 GB, bandwidth: 50 GB/s }]';
    expect(codes(pair('handOver: { to: late }', tiers))).toEqual(['E_VALUE']);
    expect(codes(pair(`handOver: { to: late }, ${tiers}`, 'prefill: none'))).toEqual([]);
  });

  test('KV of other hardware is not taken to be readable without a reason', () => {
    const other = (keys: string) =>
      pair(`handOver: { to: late${keys} }`, 'kvBandwidth: 50 GB/s').replace(
        /late: \{ serves: chat, hardware: h100-sxm/,
        'late: { serves: chat, hardware: mi300x',
      );
    const found = loadText(other('').replace(', kvBandwidth: 50 GB/s', ''));
    expect(found.ok && found.warnings.map(({ code }) => code)).toEqual(['W_KV']);
    const assumed = other(', assumeReadable: "for the test"').replace(
      'horizon: 60s',
      'horizon: 1s',
    );
    expect(codes(assumed)).toEqual([]);
    const remarksOf = (text: string) => {
      const { scenario } = loadValid(text);
      const run = simulate(scenario, { seed: '1', replication: 0 });
      return summarise([run], scenario, { limits: [], extraQuantiles: [] }).remarks;
    };
    const remark = 'late is assumed to read the KV of gpu: for the test';
    expect(remarksOf(assumed)).toContain(remark);
    // Hardware of one kind reads its own KV anyway.
    expect(remarksOf(assumed.replace('mi300x', 'h100-sxm'))).not.toContain(remark);
    // Nothing moves, so nothing can be said of how.
    expect(codes(other(''))).toEqual(['E_KEY']);
    const nothingMoves = (key: string) =>
      codes(other(`, ${key}`).replace(', kvBandwidth: 50 GB/s', ''));
    expect(nothingMoves('layerwise: true')).toEqual(['E_KEY']);
    expect(nothingMoves('returnKv: true')).toEqual(['E_KEY']);
    expect(nothingMoves('latency: 1ms')).toEqual(['E_KEY']);
    expect(nothingMoves('firstToken: decode')).toEqual(['E_VALUE']);
    expect(nothingMoves('minTokens: 100')).toEqual([]);
    expect(codes(other('').replace('kvBandwidth: 50 GB/s', 'prefill: none'))).toEqual(['E_KV']);
    // What is never read may be as precise as it likes.
    expect(codes(other('').replace('kvBandwidth: 50 GB/s', 'kv: fp8'))).toEqual([]);
  });

  test('placement does not name a pool that gets its requests by hand-over', () => {
    const text = `${pair('handOver: { to: late }', 'prefill: none')}placement:\n  - { prefer: [late, gpu] }\n`;
    expect(codes(text)).toContain('E_REF');
  });
});

test('what moves layer by layer is counted, and links that cannot carry it make the run overloaded', () => {
  const summaryOf = (replicas: number) => {
    const scenario = scenarioOf(`
inflow: 1
name: layers
horizon: 60s
warmup: 20s
models: { m: llama-3.1-70b }
populations:
  p: { workload: { request: { model: m, prompt: 8000, output: 100 } }, arrivals: { process: constant, rate: 2/s } }
fleet:
  pre: { serves: m, hardware: h100-sxm, tensorParallel: 4, replicas: 4, kvBandwidth: 4 GB/s, handOver: { to: dec, layerwise: true } }
  dec: { serves: m, hardware: h100-sxm, tensorParallel: 4, replicas: ${replicas}, kvBandwidth: 4 GB/s, prefill: none }
`);
    const result = simulate(scenario, { seed: '1', replication: 0 });
    return summarise([result], scenario, { limits: [], extraQuantiles: [] });
  };
  const busy = ({ metrics }: ReturnType<typeof summaryOf>) =>
    metrics.find(({ metric, subject }) => metric === 'kvLinkBusy' && subject === 'dec')!.value!;
  // 2/s of 8,000 tokens of 327,680 bytes are 5.24 GB/s: 1.3 links.
  const one = summaryOf(1);
  expect(busy(one)).toBeGreaterThan(1.2);
  expect(one.stability.verdict).toBe('overloaded');
  expect(one.stability.reason).toMatch(
    /^the KV links of dec would need 1\.\d+ times their bandwidth/,
  );
  const two = summaryOf(2);
  expect(Math.abs(busy(two) / (busy(one) / 2) - 1)).toBeLessThan(0.05);
  expect(two.stability.verdict).toBe('stable');
});
