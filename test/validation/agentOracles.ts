import type { RunResult } from '../../sim/run/runResult.js';

/** A model of queueing theory as a task graph: the experiment, and what must come out. */
export interface AgentOracle {
  readonly title: string;
  /** Entry of the table of exact values; undefined: a closed form that is worked out here. */
  readonly key: string | undefined;
  /** Populations and fleet of the experiment, in YAML. */
  readonly text: string;
  readonly horizonSec: number;
  readonly warmupSec: number;
  readonly expected: readonly {
    readonly name: string;
    /** Its name in the table of exact values. */
    readonly field?: string;
    readonly exact: number;
    /** Largest relative half-width of the 95% interval at which the comparison still means something. */
    readonly halfWidth: number;
    readonly measure: (run: RunResult, fromMs: number) => number;
  }[];
}

const exponential = (meanSec: number) => `{ exponential: { mean: ${meanSec}s } }`;

/** Seconds from the submit to the yield, on average over turns that were submitted from `fromMs` on. */
const turnTime = (run: RunResult, fromMs: number): number => mean(turnTimes(run, fromMs));

/** Squared standard deviation of the same. */
const turnTimeVariance = (run: RunResult, fromMs: number): number => {
  const times = turnTimes(run, fromMs);
  const centre = mean(times);
  return mean(times.map((time) => (time - centre) * (time - centre)));
};

/** Turns that yield per second. */
const throughput = (run: RunResult, fromMs: number): number => {
  const yields = run.agents!.turns.yieldMs.filter(
    (ms, row) => hasYielded(run, row) && ms >= fromMs,
  );
  return yields.length / ((run.endMs - fromMs) / 1000);
};

/** Time average of the work at the first pool, over whole bins. */
const busyServers = (run: RunResult, fromMs: number): number => {
  const { busyUnits, binMs } = run.pools[0]!.timeline;
  return mean([...busyUnits.subarray(Math.round(fromMs / binMs))]);
};

const callsPerTurn = (run: RunResult, fromMs: number): number => {
  const { turns } = run.agents!;
  return mean(
    [...turns.calls].filter((_, row) => hasYielded(run, row) && turns.submitMs[row]! >= fromMs),
  );
};

/** Share of turns that the human stopped. */
const interruptedShare = (run: RunResult, fromMs: number): number => {
  const { turns } = run.agents!;
  const ends = [...turns.end].filter(
    (_, row) => hasYielded(run, row) && turns.submitMs[row]! >= fromMs,
  );
  return ends.filter((end) => end === 3).length / ends.length;
};

function hasYielded({ agents }: RunResult, row: number): boolean {
  return agents!.turns.end[row] !== 0;
}

function turnTimes(run: RunResult, fromMs: number): number[] {
  const { submitMs, yieldMs, count } = run.agents!.turns;
  const times: number[] = [];
  for (let row = 0; row < count; row++) {
    if (hasYielded(run, row) && submitMs[row]! >= fromMs)
      times.push((yieldMs[row]! - submitMs[row]!) / 1000);
  }
  return times;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Users who think for 10 s between turns of one call, at one server of 1 s. */
function repairman(
  users: number,
  exact: { R: number; X: number },
  horizonSec: number,
): AgentOracle {
  return {
    title: `${users} closed users with think time (machine repairman)`,
    key: `closed_think10_S1_N${users}`,
    text: `
populations:
  users:
    users: ${users}
    workload:
      turn: [{ infer: { model: work, output: 1 token } }]
      human: { attention: off, gaps: ${exponential(10)} }
fleet:
  server: { kind: station, serves: work, service: ${exponential(1)} }
`,
    horizonSec,
    warmupSec: 300,
    expected: [
      { name: 'R', field: 'R', exact: exact.R, halfWidth: 0.02, measure: turnTime },
      { name: 'X', field: 'X', exact: exact.X, halfWidth: 0.02, measure: throughput },
      { name: 'U', field: 'U', exact: exact.X, halfWidth: 0.02, measure: busyServers },
    ],
  };
}

const closedNetwork: AgentOracle = {
  title: 'closed users with an LLM and a tool (exact mean value analysis)',
  key: 'closed_mva_llm1.0_tool0.5_Z5_N20',
  text: `
populations:
  users:
    users: 20
    workload:
      turn:
        - { id: think, infer: { model: work, output: 1 token } }
        - { id: act, after: think, tool: { pool: tools, duration: ${exponential(0.5)} } }
      human: { attention: off, gaps: ${exponential(5)} }
fleet:
  server: { kind: station, serves: work, service: ${exponential(1)} }
  tools: { kind: tools, servers: 1 }
`,
  horizonSec: 2500,
  warmupSec: 300,
  expected: [
    { name: 'R', field: 'R', exact: 15.001413330027587, halfWidth: 0.02, measure: turnTime },
    { name: 'X', field: 'X', exact: 0.9999293384920221, halfWidth: 0.02, measure: throughput },
  ],
};

/** Sessions of one task that arrive at random. */
const arriving = (perSec: number, turn: string, more = '') => `
populations:
  jobs:
    arrivals: { rate: ${perSec}/s }
    workload:
      turn: ${turn}
      human: { attention: off, gaps: 1ms }${more}
`;

const feedback: AgentOracle = {
  title: 'a loop until done around one station (feedback)',
  key: 'jackson_feedback_agent_loop',
  text: `${arriving(
    0.2,
    '[{ loop: { untilDone: 40%, steps: [{ infer: { model: work, output: 1 token } }] } }]',
  )}
fleet:
  server: { kind: station, serves: work, service: ${exponential(1)} }
`,
  horizonSec: 20_000,
  warmupSec: 500,
  expected: [
    { name: 'T', field: 'T_total', exact: 5, halfWidth: 0.02, measure: turnTime },
    { name: 'visits', field: 'mean_visits', exact: 2.5, halfWidth: 0.02, measure: callsPerTurn },
    { name: 'rho', field: 'eff_rho', exact: 0.5, halfWidth: 0.02, measure: busyServers },
  ],
};

const tandem: AgentOracle = {
  title: 'a call, then a tool: two M/M/1 in a row',
  key: 'jackson_tandem',
  text: `${arriving(
    0.5,
    `
        - { id: think, infer: { model: work, output: 1 token } }
        - { id: act, after: think, tool: { pool: tools, duration: ${exponential(1.25)} } }`,
  )}
fleet:
  server: { kind: station, serves: work, service: ${exponential(1)} }
  tools: { kind: tools, servers: 1 }
`,
  horizonSec: 12_000,
  warmupSec: 500,
  expected: [{ name: 'T', field: 'T', exact: 16 / 3, halfWidth: 0.03, measure: turnTime }],
};

const forkJoin: AgentOracle = {
  title: 'two steps at once, each at a queue of its own, and both must end (fork-join)',
  key: 'forkjoin2_rho0.5',
  text: `${arriving(
    0.5,
    `
        - { id: left, tool: { pool: left, duration: ${exponential(1)} } }
        - { id: right, tool: { pool: right, duration: ${exponential(1)} } }`,
  )}
fleet:
  left: { kind: tools, servers: 1 }
  right: { kind: tools, servers: 1 }
  unused: { kind: station, serves: none, service: 1s }
`,
  horizonSec: 12_000,
  warmupSec: 500,
  expected: [{ name: 'T', field: 'T', exact: 2.875, halfWidth: 0.02, measure: turnTime }],
};

/** Copies of a tool of 1 s on average that never queues. */
function fanOut(
  title: string,
  key: string | undefined,
  copies: number,
  join: string,
  expected: AgentOracle['expected'],
): AgentOracle {
  return {
    title,
    key,
    text: `${arriving(
      1,
      `[{ parallel: { copies: ${copies}, join: ${join}, steps: [{ tool: { duration: ${exponential(1)} } }] } }]`,
    )}
fleet:
  unused: { kind: station, serves: none, service: 1s }
`,
    horizonSec: 1500,
    warmupSec: 0,
    expected,
  };
}

/** Σ 1/(n − i) over the first k of n exponentials of mean 1. */
const orderStatistic = (n: number, k: number): number =>
  Array.from({ length: k }, (_, i) => 1 / (n - i)).reduce((sum, each) => sum + each, 0);

/**
 * One sandbox at a time, created for each job: service is creation plus work, so M/G/1 (Pollaczek–Khinchine)
 * with E[S] = 0.8 and E[S²] = 0.3² + 0.5² + 0.8² = 0.98 at 0.8 jobs per second.
 */
const sandboxQueue: AgentOracle = {
  title: 'a sandbox that is created for each job and held while it works (M/G/1)',
  key: undefined,
  text: `${arriving(
    0.8,
    `
        - { id: boot, sandbox: { pool: sandboxes } }
        - { id: work, after: boot, tool: { duration: ${exponential(0.5)} } }`,
  )}
fleet:
  sandboxes: { kind: sandboxes, slots: 1, start: ${exponential(0.3)} }
  unused: { kind: station, serves: none, service: 1s }
`,
  horizonSec: 8000,
  warmupSec: 300,
  expected: [
    {
      name: 'T',
      exact: 0.8 + (0.8 * 0.98) / (2 * 0.36),
      halfWidth: 0.03,
      measure: turnTime,
    },
  ],
};

/**
 * Ten servers, 10 jobs/s of 1 s, and humans who stop a turn after 2 s on average, waiting or served: a birth
 * and death process with death rate min(n, 10) + n/2. The share that is stopped is θ·E[n]/λ.
 */
const impatience: AgentOracle = {
  title: 'turns that humans stop (M/M/10 with impatience)',
  key: undefined,
  text: `${arriving(
    10,
    `[{ tool: { pool: tools, duration: ${exponential(1)} } }]`,
    `\n      interruption: { probability: 100%, after: ${exponential(2)} }`,
  )}
fleet:
  tools: { kind: tools, servers: 10 }
  unused: { kind: station, serves: none, service: 1s }
`,
  horizonSec: 400,
  warmupSec: 20,
  expected: [
    {
      name: 'stopped',
      exact: (0.5 * meanOfBirthDeath(10, (n) => Math.min(n, 10) + n / 2)) / 10,
      halfWidth: 0.02,
      measure: interruptedShare,
    },
    {
      name: 'T',
      exact: meanOfBirthDeath(10, (n) => Math.min(n, 10) + n / 2) / 10,
      halfWidth: 0.02,
      measure: turnTime,
    },
  ],
};

/** The same jobs, and tools for which a job waits 2 s on average before it gives up: who has a server stays (Erlang-A). */
const toolPatience: AgentOracle = {
  title: 'jobs that give up waiting for a tool server (M/M/10+M)',
  key: 'erlangA_lam10_c10_theta0.5',
  text: `${arriving(10, `[{ tool: { pool: tools, duration: ${exponential(1)} } }]`)}
fleet:
  tools: { kind: tools, servers: 10, patience: ${exponential(2)} }
  unused: { kind: station, serves: none, service: 1s }
`,
  horizonSec: 800,
  warmupSec: 20,
  expected: [
    {
      name: 'abandoned',
      field: 'P_abandon',
      exact: 0.10391321232630817,
      halfWidth: 0.04,
      measure: ({ agents }) => {
        const { abandoned, completed } = agents!.resources[0]!;
        return abandoned / (abandoned + completed);
      },
    },
  ],
};

/** Mean state of a birth and death process with births at a constant rate. */
function meanOfBirthDeath(birthRate: number, deathRate: (state: number) => number): number {
  let weight = 1;
  let total = 1;
  let sum = 0;
  for (let state = 1; state < 200; state++) {
    weight *= birthRate / deathRate(state);
    total += weight;
    sum += state * weight;
  }
  return sum / total;
}

/** Task graphs with an exact answer. */
export const agentOracles: readonly AgentOracle[] = [
  repairman(5, { R: 1.4666321779617175, X: 0.43604782314459734 }, 5000),
  repairman(10, { R: 2.7320794385537415, X: 0.7854176568926526 }, 5000),
  repairman(20, { R: 10.03745099482343, X: 0.9981309501476457 }, 2500),
  repairman(50, { R: 40, X: 1 }, 1500),
  closedNetwork,
  feedback,
  tandem,
  forkJoin,
  fanOut('ten tools at once, the slowest decides', 'fanout_max_exp_n10', 10, 'all', [
    { name: 'E', field: 'E', exact: 2.9289682539682538, halfWidth: 0.01, measure: turnTime },
    {
      name: 'var',
      field: 'var',
      exact: 1.5497677311665408,
      halfWidth: 0.03,
      measure: turnTimeVariance,
    },
  ]),
  fanOut('three of five tools suffice (quorum)', undefined, 5, '{ quorum: 3 }', [
    { name: 'E', exact: orderStatistic(5, 3), halfWidth: 0.01, measure: turnTime },
  ]),
  fanOut('the fastest of four tools', undefined, 4, 'any', [
    { name: 'E', exact: orderStatistic(4, 1), halfWidth: 0.02, measure: turnTime },
  ]),
  sandboxQueue,
  impatience,
  toolPatience,
];
