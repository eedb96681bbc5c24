import { expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { loadMixes } from '../../src/config/loadMixes.js';

/** What a mix of experiments/placement-policies.yaml did in one replication. */
interface Figures {
  readonly ttftP95Sec: number;
  /** Of all calls, those that went to the wafers. */
  readonly fastShare: number;
  /** Prefix hits there. */
  readonly fastHits: number;
}

function figures(): Map<string, Figures> {
  const loaded = loadMixes('experiments/placement-policies.yaml', { overrides: [], quick: false });
  if (!loaded.ok) throw new Error('experiments/placement-policies.yaml does not load');
  return new Map(
    loaded.mixes.map(({ mix, scenario }) => {
      const { requests, pools } = simulate(scenario, { seed: 'policies', replication: 0 });
      const ttftSec = [...requests.clientFirstTokenMs]
        .map((ms, row) => (ms - requests.sentMs[row]!) / 1000)
        .filter((each) => !Number.isNaN(each))
        .sort((a, b) => a - b);
      const fast = pools.find(({ name }) => name === 'fast');
      const all = pools.reduce((sum, { completed }) => sum + completed, 0);
      return [
        mix ?? '',
        {
          ttftP95Sec: ttftSec[Math.floor(0.95 * ttftSec.length)]!,
          fastShare: (fast?.completed ?? 0) / all,
          fastHits: fast === undefined ? 0 : fast.hitTokens / fast.promptTokens,
        },
      ];
    }),
  );
}

test('experiments/placement-policies.yaml: seconds of queue and prefill spill better than the age of the queue', () => {
  const by = figures();
  const of = (mix: string) => by.get(mix)!;
  const holds = (claim: boolean) => expect(claim, JSON.stringify([...by])).toBe(true);
  // With other seeds: 6.7 s by the age of the queue, 2.5 s by expected wait; hits of 27% and 55% on the wafers.
  holds(of('spill-by-wait').ttftP95Sec < 0.6 * of('spill-by-queue').ttftP95Sec);
  holds(of('spill-by-wait').fastHits > 1.4 * of('spill-by-queue').fastHits);
  // The cheapest that meets 2 s fills GPUs first; cost per flow never finds wafers worth their price.
  holds(of('cheapest-that-meets').fastShare > 0.1);
  holds(of('cheapest-that-meets').fastShare < of('fastest').fastShare);
  holds(of('cheapest-that-meets').ttftP95Sec < 2.5);
  holds(of('cost-per-flow').fastShare === 0);
});
