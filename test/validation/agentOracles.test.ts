import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { tInterval } from '../../sim/statistics/tInterval.js';
import { tQuantile } from '../../sim/statistics/tQuantile.js';
import { measuredData } from '../measuredData.js';
import { type AgentOracle, agentOracles } from './agentOracles.js';
import { scenarioOf } from './scenarioOf.js';

const replications = 30;

/**
 * What is wrong with the simulated figures: further than 5 standard errors from the exact value (a false
 * alarm about once in 40,000), or not known well enough for that to mean something.
 */
function misses({ text, horizonSec, warmupSec, expected }: AgentOracle): string[] {
  const scenario = scenarioOf(
    `inflow: 1\nname: oracle\nhorizon: ${horizonSec}s\nwarmup: 0s\nwarmStart: off\n${text}`,
  );
  const samples = expected.map((): number[] => []);
  for (let replication = 0; replication < replications; replication++) {
    const run = simulate(scenario, { seed: '1', replication });
    for (const [index, { measure }] of expected.entries()) {
      samples[index]!.push(measure(run, warmupSec * 1000));
    }
  }
  return expected.flatMap(({ name, exact, halfWidth }, index) => {
    const interval = tInterval(samples[index]!);
    const standardError = interval.halfWidth / tQuantile(0.975, replications - 1);
    // A server that is never idle gives 1 every time.
    const off = Math.abs(interval.mean - exact);
    const standardErrors = off === 0 ? 0 : off / standardError;
    const relative = interval.halfWidth / exact;
    if (standardErrors <= 5 && relative < halfWidth) return [];
    return [
      `${name} ${interval.mean} (exact ${exact}), ${standardErrors.toFixed(1)} standard errors, ` +
        `±${(100 * relative).toFixed(2)}%`,
    ];
  });
}

describe('task graphs simulate what queueing theory knows exactly', () => {
  test.each(agentOracles)('$title', (oracle) => {
    expect(misses(oracle)).toEqual([]);
  });

  test('and a wrong answer is found out: the fork-join with 5% more work on one side', () => {
    const forkJoin = agentOracles.find(({ key }) => key === 'forkjoin2_rho0.5')!;
    const text = forkJoin.text.replace('mean: 1s', 'mean: 1.05s');
    expect(text).not.toBe(forkJoin.text);
    expect(misses({ ...forkJoin, text })).toHaveLength(1);
  });
});

test('the figures above are those of the table of exact values', (context) => {
  const path = measuredData(context, '../oracles/oracles.json');
  const table = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, number>>;
  for (const { key, expected } of agentOracles) {
    for (const { field, exact } of expected) {
      if (field !== undefined) expect(exact).toBeCloseTo(table[key!]![field]!, 9);
    }
  }
});
