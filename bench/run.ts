// Times the whole simulator on the workloads that its speed is stated for: `npm run bench [name …]`.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scenario } from '../sim/run/scenario.js';
import { simulate } from '../sim/run/simulate.js';
import { inlineForLongRun } from '../src/cli/inlineForLongRun.js';
import { loadExperiment } from '../src/config/loadExperiment.js';
import { formatMistakes } from '../src/mistakes/formatMistakes.js';

interface Bench {
  readonly name: string;
  readonly file: string;
  readonly overrides: readonly string[];
  /** Requests kept one by one; 0: summaries only. */
  readonly maxRecords: number;
  readonly runs: number;
  /** The runs follow one another in one process, for what is too short to be measured while code is being compiled. */
  readonly isWarm?: boolean;
}

const keepAll = 20_000_000;

const benches: readonly Bench[] = [
  azure('azure-1', 1, 52),
  azure('azure-1-busy', 1, 140, 3),
  azure('azure-16', 16, 52),
  azure('azure-16-busy', 16, 140, 3),
  azure('azure-256', 256, 52),
  azure('azure-1024', 1024, 52),
  { ...azure('azure-10M-summaries', 16, 517), maxRecords: 0, runs: 1 },
  {
    name: 'mooncake-8',
    file: 'bench/mooncake.yaml',
    overrides: [],
    maxRecords: keepAll,
    runs: 15,
    isWarm: true,
  },
  { name: 'coding-64', file: 'bench/coding.yaml', overrides: [], maxRecords: keepAll, runs: 3 },
];

/**
 * The trace in so many copies, one after the other.
 *
 * @param ratePerReplica times the rate of the trace; 1 loads a replica to a quarter, 3 to three quarters of what it could do
 */
function azure(name: string, replicas: number, copies: number, ratePerReplica = 1): Bench {
  return {
    name,
    file: 'bench/azure.yaml',
    overrides: [
      `fleet.gpu.replicas=${replicas}`,
      `populations.requests.replay.rate=${ratePerReplica * replicas}`,
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

/** What one run of a bench took and did. */
interface Measured {
  readonly cpuMs: number;
  readonly rssMegabytes: number;
  readonly arrived: number;
  readonly events: number;
  readonly iterations: number;
  readonly hitShare: number;
  readonly fingerprint: string;
}

function measure(scenario: Scenario): Measured {
  inlineForLongRun(scenario);
  const before = process.cpuUsage();
  const result = simulate(scenario, { seed: '1', replication: 0 });
  const { user, system } = process.cpuUsage(before);
  const pool = result.pools[0]!;
  return {
    cpuMs: (user + system) / 1000,
    rssMegabytes: process.memoryUsage().rss / 1e6,
    arrived: result.arrived,
    events: result.events,
    iterations: pool.iterations,
    hitShare: pool.hitTokens / pool.promptTokens,
    fingerprint: result.fingerprint,
  };
}

/** All runs of a bench: each in a process of its own, as users run them, or one after the other in this one. */
function measureAll(bench: Bench): Measured[] {
  if (!bench.isWarm) {
    const script = fileURLToPath(import.meta.url);
    return Array.from({ length: bench.runs }, () =>
      JSON.parse(
        execFileSync(process.execPath, [script, '--one', bench.name], { encoding: 'utf8' }),
      ),
    );
  }
  const scenario = scenarioOf(bench);
  return Array.from({ length: bench.runs }, () => measure(scenario));
}

function print(bench: Bench, runs: readonly Measured[]): void {
  const last = runs.at(-1)!;
  const cpuMs = runs.map((run) => run.cpuMs).sort((a, b) => a - b);
  const best = cpuMs[0]!;
  const columns = [
    bench.name.padEnd(20),
    `${last.arrived} requests`.padStart(18),
    `${(last.arrived / best).toFixed(0)}k requests/s`.padStart(17),
    `${best.toFixed(0)} ms`.padStart(9),
    `(median ${cpuMs[cpuMs.length >> 1]!.toFixed(0)})`.padStart(15),
    `${((1000 * best) / last.arrived).toFixed(2)} us/request`.padStart(16),
    `${(last.events / last.arrived).toFixed(3)} events/request`.padStart(22),
    `${(last.iterations / last.arrived).toFixed(1)} iterations/request`.padStart(26),
    `hit ${(100 * last.hitShare).toFixed(1)}%`.padStart(10),
    `${Math.max(...runs.map((run) => run.rssMegabytes)).toFixed(0)} MB`.padStart(8),
    last.fingerprint,
  ];
  console.log(columns.join('  '));
}

const wanted = process.argv.slice(2);
if (wanted[0] === '--one') {
  const bench = benches.find(({ name }) => name === wanted[1])!;
  console.log(JSON.stringify(measure(scenarioOf(bench))));
} else {
  for (const bench of benches) {
    if (wanted.length === 0 || wanted.includes(bench.name)) print(bench, measureAll(bench));
  }
}
