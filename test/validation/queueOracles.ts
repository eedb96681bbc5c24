import type { Expected, Oracle } from './oracle.js';

/** One population of plain jobs. */
const jobs = (arrivals: string) => `
populations:
  jobs:
    workload: { request: { model: work, prompt: 1, output: 1 } }
    arrivals: ${arrivals}
`;

/** One queueing station of a second's work, by a law of mean 1 s. */
const station = (parts: string) => `
fleet:
  server: { kind: station, serves: work, ${parts} }
`;

const poisson = (perSec: number) => jobs(`{ rate: ${perSec}/s }`);

const exponential = 'service: { exponential: { mean: 1s } }';
/** Two exponentials of balanced means, squared coefficient of variation 4. */
const hyperexponential = `service: { mix: [
    { weight: 0.8872983346207417, exponential: { mean: 0.5635083268962915s } },
    { weight: 0.1127016653792583, exponential: { mean: 4.436491673103708s } } ] }`;

function expected(
  measure: Expected['measure'],
  field: string | undefined,
  exact: number,
  tolerance: number,
): Expected {
  return { measure, field, exact, tolerance };
}

function mmc(
  servers: number,
  load: number,
  key: string,
  arrivals: number,
  figures: readonly Expected[],
): Oracle {
  return {
    title: `M/M/${servers} at load ${load}`,
    key,
    text: poisson(servers * load) + station(`servers: ${servers}, ${exponential}`),
    arrivals,
    arrivalsPerSec: servers * load,
    expected: figures,
  };
}

/** Single server, Poisson arrivals, any service law (Pollaczek–Khinchine). */
function mg1(
  name: string,
  load: number,
  service: string,
  key: string,
  arrivals: number,
  wait: Expected,
): Oracle {
  return {
    title: `${name} at load ${load}`,
    key,
    text: poisson(load) + station(service),
    arrivals,
    arrivalsPerSec: load,
    expected: [wait],
  };
}

/** Ten servers and no queue at 8 jobs/s: a share is lost that does not depend on the law of service. */
function loss(name: string, service: string, arrivals: number): Oracle {
  return {
    title: `loss of M/${name}/10/10 at 8 erlang`,
    key: 'erlangB_a8_c10',
    text: poisson(8) + station(`servers: 10, maxWaiting: 0, ${service}`),
    arrivals,
    arrivalsPerSec: 8,
    expected: [expected('rejectedShare', 'P_block', 0.1216610642529515, 0.009)],
  };
}

const mm1Half: Oracle = mmc(1, 0.5, 'mm1_rho0.5', 42_000, [
  expected('meanWait', 'Wq', 1, 0.006),
  expected('meanSojourn', 'W', 2, 0.006),
  expected('meanInside', 'L', 1, 0.006),
  expected('sojournP99', 'T_p99', 9.210340371976184, 0.008),
]);

const mm1: Oracle = mmc(1, 0.8, 'mm1_rho0.8', 48_000, [
  expected('meanWait', 'Wq', 4, 0.011),
  expected('meanSojourn', 'W', 5, 0.011),
  expected('meanWaiting', 'Lq', 3.2, 0.011),
  expected('noWaitShare', 'P_wait0', 0.2, 0.011),
  expected('sojournP50', 'T_p50', 3.465735902799727, 0.011),
  expected('sojournP95', 'T_p95', 14.978661367769957, 0.017),
  expected('sojournP99', 'T_p99', 23.025850929940464, 0.026),
]);

const finiteRoom: Oracle = {
  title: 'M/M/1 at load 0.9 with room for 10',
  key: 'mm1K_lam0.9_K10',
  text: poisson(0.9) + station(`maxWaiting: 9, ${exponential}`),
  arrivals: 36_000,
  arrivalsPerSec: 0.9,
  expected: [
    expected('rejectedShare', 'P_block', 0.0508137313274124, 0.015),
    expected('meanInside', 'L', 3.969440598586174, 0.015),
    expected('meanSojourn', 'W', 4.646600672123705, 0.015),
  ],
};

const tandem: Oracle = {
  title: 'two M/M/1 in a row: a gateway, then a station',
  key: 'jackson_tandem',
  text: `${poisson(0.5)}
fleet:
  door: { kind: gateway, servers: 1, service: { exponential: { mean: 1s } } }
  server: { kind: station, serves: work, service: { exponential: { mean: 1.25s } } }
`,
  arrivals: 36_000,
  arrivalsPerSec: 0.5,
  expected: [expected('meanClientTime', 'T', 16 / 3, 0.004)],
};

const batches: Oracle = {
  title: 'batches of 4 at one server',
  key: 'batch_arrivals_k4',
  text: jobs('{ rate: 0.2/s, batch: 4 }') + station(exponential),
  arrivals: 42_000,
  arrivalsPerSec: 0.8,
  expected: [expected('meanSojourn', 'W', 12.5, 0.014)],
};

const endlessServers: Oracle = {
  title: 'M/G/∞: a gateway of endless servers',
  key: 'mginf_lam5_S2',
  text: `${poisson(5)}
fleet:
  door: { kind: gateway, service: { lognormal: { mean: 2s, cv: 2 } } }
  server: { kind: station, serves: work, servers: 1000, service: 1ms }
`,
  arrivals: 12_000,
  arrivalsPerSec: 5,
  expected: [expected('gatewayInside', 'L_mean', 10, 0.01)],
};

const setup: Oracle = {
  title: 'M/M/1 at load 0.5 whose server needs 5 s on average to start whenever it was idle',
  key: 'mm1_setup_exp5',
  text: poisson(0.5) + station(`setup: { exponential: { mean: 5s } }, ${exponential}`),
  arrivals: 80_000,
  arrivalsPerSec: 0.5,
  expected: [expected('meanSojourn', 'T', 7, 0.002)],
};

/** Ten servers at 10 jobs/s, and jobs that wait 2 s on average before they leave (Erlang-A). */
const patience: Oracle = {
  title: 'M/M/10+M: who waits too long for a server leaves the queue',
  key: 'erlangA_lam10_c10_theta0.5',
  text:
    poisson(10) + station(`servers: 10, patience: { exponential: { mean: 2s } }, ${exponential}`),
  arrivals: 80_000,
  arrivalsPerSec: 10,
  expected: [
    expected('abandonedShare', 'P_abandon', 0.10391321232630817, 0.007),
    expected('waitShare', 'P_wait', 0.6196552308840779, 0.007),
    expected('meanWaiting', 'Lq', 2.0782642465261634, 0.007),
  ],
};

/** Models with an exact answer, each simulated in less than two seconds. */
export const queueOracles: readonly Oracle[] = [
  mm1Half,
  mm1,
  mmc(2, 0.8, 'mmc_c2_rho0.8', 30_000, [expected('meanWait', 'Wq', 1.7777777777777783, 0.018)]),
  mmc(4, 0.8, 'mmc_c4_rho0.8', 36_000, [
    expected('meanWait', 'Wq', 0.7455405897342559, 0.018),
    expected('noWaitShare', undefined, 1 - 0.5964324717874046, 0.018),
    expected('waitP99', 'wait_p99', 5.110476168422509, 0.03),
  ]),
  mmc(8, 0.9, 'mmc_c8_rho0.9', 56_000, [expected('meanWait', 'Wq', 0.8769162376828215, 0.024)]),
  mg1('M/D/1', 0.8, 'service: 1s', 'md1_rho0.8', 48_000, expected('meanWait', 'Wq', 2, 0.009)),
  mg1(
    'M/E2/1',
    0.8,
    'service: { gamma: { mean: 1s, cv: 0.7071067811865476 } }',
    'mE2_1_rho0.8',
    40_000,
    expected('meanWait', 'Wq', 3, 0.011),
  ),
  mg1(
    'M/H2/1',
    0.7,
    hyperexponential,
    'mG1_cv2_4_rho0.7',
    50_000,
    expected('meanWait', 'Wq', 5.833333333333332, 0.013),
  ),
  loss('M', exponential, 24_000),
  loss('D', 'service: 1s', 16_000),
  loss('H2', hyperexponential, 40_000),
  finiteRoom,
  tandem,
  batches,
  endlessServers,
  setup,
  patience,
];

/** Models that need minutes: near saturation the wait varies so much that only millions of arrivals tell. */
export const longQueueOracles: readonly Oracle[] = [
  mmc(1, 0.95, 'mm1_rho0.95', 900_000, [
    expected('meanWait', 'Wq', 19, 0.025),
    expected('sojournP99', 'T_p99', 92.10340371976176, 0.04),
  ]),
  mmc(64, 0.95, 'mmc_c64_rho0.95', 900_000, [
    expected('meanWait', 'Wq', 0.18375341622186908, 0.05),
    expected('waitP99', 'wait_p99', 1.2731751395048112, 0.08),
  ]),
  ...queueOracles.map((oracle) => ({ ...oracle, arrivals: 200_000 })),
];
