// Times the whole simulator on the workloads that its speed is stated for: `npm run bench [name …]`.
import type { Scenario } from '../sim/run/scenario.js';
import { simulate } from '../sim/run/simulate.js';
import { formatMistakes } from '../src/config/formatMistakes.js';
import { loadExperiment } from '../src/config/loadExperiment.js';

interface Bench {
  readonly name: string;
  readonly file: string;
  readonly overrides: readonly string[];
  /** Requests kept one by one; 0: summaries only. */
  readonly maxRecords: number;
  readonly runs: number;
}

const keepAll = 20_000_000;

const benches: readonly Bench[] = [
  azure('azure-1', 1, 52),
  azure('azure-16', 16, 52),
  azure('azure-256', 256, 52),
  azure('azure-1024', 1024, 52),
  { ...azure('azure-10M-summaries', 16, 517), maxRecords: 0, runs: 1 },
  { name: 'mooncake-8', file: 'bench/mooncake.yaml', overrides: [], maxRecords: keepAll, runs: 15 },
  { name: 'coding-64', file: 'bench/coding.yaml', overrides: [], maxRecords: keepAll, runs: 3 },
];

function azure(name: string, replicas: number, copies: number): Bench {
  return {
    name,
    file: 'bench/azure.yaml',
    overrides: [
      `fleet.gpu.replicas=${replicas}`,
      `populations.requests.replay.rate=${replicas}`,
      `populations.requests.replay.copies=${copies}`,
    ],
    maxRecords: keepAll,
    runs: 3,
  };
}

function scenarioOf(bench: Bench): Scenario {
  const loaded = loadExperiment(bench.file, { overrides: bench.overrides, quick: false });
  if (!loaded.ok) {
    console.error(formatMistakes(loaded.mistakes, 'npm run bench'));
    process.exit(loaded.exitCode);
  }
  const { scenario } = loaded.experiment;
  return { ...scenario, limits: { ...scenario.limits, maxRecords: bench.maxRecords } };
}

function run(bench: Bench): void {
  const scenario = scenarioOf(bench);
  const cpuMs: number[] = [];
  for (let i = 0; i < bench.runs; i++) {
    const before = process.cpuUsage();
    const result = simulate(scenario, { seed: '1', replication: 0 });
    const used = process.cpuUsage(before);
    cpuMs.push((used.user + used.system) / 1000);
    if (i + 1 < bench.runs) continue;
    const best = Math.min(...cpuMs);
    const pool = result.pools[0]!;
    const columns = [
      bench.name.padEnd(20),
      `${result.arrived} requests`.padStart(18),
      `${(result.arrived / best).toFixed(0)}k requests/s`.padStart(17),
      `${best.toFixed(0)} ms`.padStart(9),
      `(median ${[...cpuMs].sort((a, b) => a - b)[cpuMs.length >> 1]!.toFixed(0)})`.padStart(15),
      `${((1000 * best) / result.arrived).toFixed(2)} us/request`.padStart(16),
      `${(result.events / result.arrived).toFixed(3)} events/request`.padStart(22),
      `${(pool.iterations / result.arrived).toFixed(1)} iterations/request`.padStart(26),
      `hit ${((100 * pool.hitTokens) / pool.promptTokens).toFixed(1)}%`.padStart(10),
      `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`.padStart(8),
      result.fingerprint,
    ];
    console.log(columns.join('  '));
  }
}

const wanted = process.argv.slice(2);
for (const bench of benches) {
  if (wanted.length === 0 || wanted.includes(bench.name)) run(bench);
}
