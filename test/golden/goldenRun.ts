import { summarise } from '../../sim/metrics/summarise.js';
import { simulate } from '../../sim/run/simulate.js';
import { loadMixes } from '../../src/config/loadMixes.js';

/** Shipped experiments whose results are kept: chat and API requests, people with agents, hand-over, memory tiers. */
export const goldenExperiments = ['quickstart', 'mixes-small', 'hand-over', 'kv-offload'] as const;

/** What one replication of one mix came to: a line for its fingerprint, then one for each metric. */
export function goldenRun(experiment: string): string {
  const loaded = loadMixes(`experiments/${experiment}.yaml`, { overrides: [], quick: true });
  if (!loaded.ok) throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));
  return loaded.mixes.map(({ mix, scenario }) => goldenMix(mix ?? experiment, scenario)).join('\n');
}

function goldenMix(name: string, scenario: Parameters<typeof simulate>[0]): string {
  const run = simulate(scenario, { seed: '1', replication: 0 });
  const { metrics, stability } = summarise([run], scenario, { limits: [], extraQuantiles: [] });
  const lines = metrics.map(({ metric, subject, quantile, value, samples }) =>
    [metric, subject ?? '', quantile ?? 'mean', value ?? '', samples].join(' '),
  );
  return [`${name} ${run.fingerprint} ${stability.verdict}`, ...lines, ''].join('\n');
}
