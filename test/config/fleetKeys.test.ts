import { describe, expect, test } from 'vitest';
import type { EnginePoolSpec, StationPoolSpec } from '../../sim/run/scenario.js';
import { loadText, loadValid } from './loadText.js';

/** Two pools, with these keys of the first and these placement rules. */
const text = (keys: string, placement = '') => `
inflow: 1
name: keys
horizon: 1min
models: { chat: llama-3.1-8b }
populations:
  people: { workload: { request: { model: chat, prompt: 100, output: 10 } }, arrivals: { rate: 1/s } }
fleet:
  gpu: { serves: chat, hardware: h100-sxm, price: 2 USD/h${keys} }
  other: { kind: station, serves: chat, service: 1s }
${placement}`;

const gpu = (keys: string) => loadValid(text(`, ${keys}`)).scenario.pools[0] as EnginePoolSpec;
const rules = (list: string) => loadValid(text('', `placement: [${list}]`)).scenario.placement;

/** Code, message and place of the only mistake. */
function mistake(source: string) {
  const result = loadText(source);
  if (result.ok) return 'valid';
  expect(result.mistakes).toHaveLength(1);
  const { code, message, excerpt, caret, length } = result.mistakes[0]!;
  return [code, message, excerpt.slice(caret!, caret! + length!)];
}

describe('router', () => {
  test('a weighted router has the usual weights unless it names its own; the others are 0', () => {
    expect(gpu('router: weighted').router).toEqual({
      policy: 'weighted',
      slack: 8,
      weights: { prefix: 3, requests: 0, queue: 2, kv: 2, tokens: 0, session: 0 },
    });
    expect(gpu('router: { policy: weighted, weights: { prefix: 1, tokens: 0.5 } }').router).toEqual(
      {
        policy: 'weighted',
        slack: 8,
        weights: { prefix: 1, requests: 0, queue: 0, kv: 0, tokens: 0.5, session: 0 },
      },
    );
  });

  test('ties, staleness and index', () => {
    expect(
      gpu('router: { policy: prefix-aware, ties: rotate, staleness: 100ms, index: approximate }')
        .router,
    ).toEqual({
      policy: 'prefix-aware',
      slack: 8,
      ties: 'rotate',
      stalenessMs: 100,
      indexTokens: 500_000,
    });
    expect(
      gpu('router: { policy: weighted, index: approximate, indexTokens: 64k }').router.indexTokens,
    ).toBe(64_000);
    expect(gpu('router: { policy: prefix-aware, index: exact }').router).toEqual({
      policy: 'prefix-aware',
      slack: 8,
    });
  });

  test.each([
    ['{ policy: random, staleness: 1s }', 'E_KEY', /a random router has no staleness/, 'staleness'],
    ['{ policy: least-tokens, index: exact }', 'E_KEY', /has no index/, 'index'],
    ['{ policy: prefix-aware, weights: { kv: 1 } }', 'E_KEY', /has no weights/, 'weights'],
    ['{ policy: weighted, ties: rotate }', 'E_KEY', /a weighted router has no ties/, 'ties'],
    ['{ policy: weighted, indexTokens: 1k }', 'E_KEY', /only an approximate index/, 'indexTokens'],
    ['{ policy: weighted, weights: { kv: 0 } }', 'E_KEY', /all weights are 0/, 'weights'],
    ['{ policy: weighted, weights: { kv: -1 } }', 'E_RANGE', /./, '-1'],
    ['weigthed', 'E_VALUE', /expected a routing policy/, 'weigthed'],
  ])('%s is refused', (router, code, message, place) => {
    expect(mistake(text(`, router: ${router}`))).toEqual([
      code,
      expect.stringMatching(message),
      place,
    ]);
  });
});

describe('admission', () => {
  test('buckets of requests and of tokens, in requests or tokens per ms', () => {
    expect(gpu('admission: { rate: { requests: 10/s, burst: 20 } }').admission).toEqual({
      rate: { counts: 'requests', perMs: 0.01, burst: 20 },
    });
    expect(
      gpu('admission: { rate: { tokens: 50k tokens/s, burst: 200k }, maxQueueTokens: 30k }')
        .admission,
    ).toEqual({ rate: { counts: 'tokens', perMs: 50, burst: 200_000 }, maxQueueTokens: 30_000 });
  });

  test('reject is the default; retryAfter has no jitter and 5 attempts', () => {
    expect(gpu('admission: { onReject: reject }').admission).toEqual({});
    expect(gpu('admission: { onReject: { retryAfter: 1s } }').admission).toEqual({
      retry: { afterMs: 1000, jitter: 0, attempts: 5 },
    });
    const patient = '{ retryAfter: 1s, jitter: 50%, attempts: unlimited }';
    expect(gpu(`admission: { onReject: ${patient} }`).admission?.retry).toEqual({
      afterMs: 1000,
      jitter: 0.5,
      attempts: Number.POSITIVE_INFINITY,
    });
    const [, station] = loadValid(
      text('').replace(
        'service: 1s',
        'service: 1s, admission: { rate: { requests: 1/s, burst: 1 } }',
      ),
    ).scenario.pools;
    expect((station as StationPoolSpec).admission?.rate?.burst).toBe(1);
  });

  test.each([
    ['{ rate: 10/s }', 'E_TYPE', /expected \{ requests: 10\/s, burst: 20 \}/, '10/s'],
    ['{ rate: { requests: 10/s } }', 'E_REQUIRED', /burst/, 'rate'],
    ['{ rate: { tokens: 1k tokens/s, burst: 0 } }', 'E_RANGE', /lets nobody in/, '0'],
    ['{ onReject: { retryAfter: 1s, attempts: 0 } }', 'E_RANGE', /./, '0'],
    ['{ onReject: retry }', 'E_VALUE', /expected reject or/, 'retry'],
    ['{ maxQueueToken: 10 }', 'E_KEY', /unknown key/, 'maxQueueToken'],
  ])('%s is refused', (admission, code, message, place) => {
    expect(mistake(text(`, admission: ${admission}`))).toEqual([
      code,
      expect.stringMatching(message),
      place,
    ]);
  });
});

describe('placement', () => {
  test('policies choose from all pools unless some are named, within 10 s unless told', () => {
    const priced = (list: string) =>
      loadValid(
        text('', `placement: [${list}]`).replace('service: 1s', 'service: 1s, price: 1 USD/h'),
      ).scenario.placement;
    expect(rules('{ policy: fastest }')).toEqual([
      { when: {}, prefer: [], policy: 'fastest', spillAt: {} },
    ]);
    expect(priced('{ policy: cheapest-that-meets }')[0]?.targetMs).toBe(10_000);
    expect(priced('{ policy: cost-per-flow, target: 2s, prefer: gpu }')[0]).toEqual({
      when: {},
      prefer: ['gpu'],
      policy: 'cost-per-flow',
      targetMs: 2000,
      spillAt: {},
    });
    expect(rules('{ prefer: [gpu, other], spillAt: { wait: 2s } }')[0]?.spillAt).toEqual({
      waitMs: 2000,
    });
  });

  test.each([
    ['{ when: { interactive: true } }', 'E_REQUIRED', /prefer/],
    ['{ policy: fastest, target: 1s }', 'E_KEY', /have a target/],
    ['{ prefer: gpu, target: 1s }', 'E_KEY', /have a target/],
    ['{ policy: fastest, spillAt: { waiting: 1 } }', 'E_KEY', /has no spillAt/],
    ['{ policy: cost-per-flow }', 'E_REQUIRED', /compares prices, and other has none/],
    ['{ policy: cheapest-that-meets, prefer: other }', 'E_REQUIRED', /and other has none/],
    ['{ policy: cheapest }', 'E_VALUE', /expected a placement policy/],
    ['{ policy: fastest, prefer: gpuu }', 'E_REF', /unknown pool/],
  ])('%s is refused', (rule, code, message) => {
    expect(mistake(text('', `placement: [${rule}]`)).slice(0, 2)).toEqual([
      code,
      expect.stringMatching(message),
    ]);
  });

  test('a policy with no pools named serves every pool: none is out of reach', () => {
    expect(loadText(text('', 'placement: [{ policy: fastest }]'))).toMatchObject({
      ok: true,
      warnings: [],
    });
  });
});
