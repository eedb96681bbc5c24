import { calibrationGlossary } from './calibrationGlossary.js';
import { comparisonGlossary } from './comparisonGlossary.js';
import { outcomeGlossary } from './outcomeGlossary.js';

const quantile =
  'Quantile: a p95 is the value that 95% of the samples do not exceed, between neighbours interpolated.';

/** What is printed or written beside metrics, and what it means. */
export const glossary: Readonly<Record<string, string>> = {
  '±': 'Half-width of the 95% t-interval over replications: with another seed the value would lie in it 95 times of 100. One replication has none; a range in brackets then is the interval of its order statistics, which takes requests for independent and so is too narrow.',
  '–': 'Nothing to measure, or fewer than 10/(1 − q) samples for the quantile q: 200 for a p95, 1,000 for a p99.',
  stability:
    'Whether the fleet keeps up with what arrives, from the number of requests inside after the warm-up: stable, backlogged or overloaded.',
  stable: 'The number of requests inside was not shown to grow.',
  backlogged:
    'The number of requests inside grew, by less than 2% of the arrivals, or the run ended in a peak that was not worked off.',
  overloaded:
    'The number of requests inside grows by more than 2% of the arrivals, shown at 95%: every wait depends on the length of the run, and no budget is judged.',
  'warm-up':
    'Time at the start that is left out of every statistic: a fleet that starts empty is faster than it will ever be again. Found by MSER-5, on the perceived wait of turns where humans hold sessions and on the TTFT of requests elsewhere, averaged over replications; or set with `warmup`.',
  'MSER-5':
    'Warm-up rule (White, Cobb and Spratt 2000): in means of five turns or requests, drop as many from the start as makes the standard error of the rest smallest. Refused when that falls into the last half.',
  replication:
    'One of several independent runs of the same experiment with other random numbers. The intervals come from their spread.',
  seed: 'Names the random numbers. Same file, same seed, same bytes.',
  fingerprint:
    'A hash of what happened to every request, turn, session and resource. Equal fingerprints: equal behaviour, to the last bit.',
  engine:
    'The engine version whose scheduling is simulated, and its flags. See docs/engine.md for what is and what is not.',
  fit: 'Arithmetic before the run: whether weights fit the memory, what is left for KV, how many contexts that holds, and the load that is asked.',
  profiles:
    'Confidence in the hardware: calibrated (this model, precision and group size were measured, with this error), extrapolated (in what it leaves them), or an estimate with this band. Budgets on times are judged on the interval stretched by it.',
  budget: 'A bound on a metric. Judged on the 95% interval, never on the value alone.',
  pass: 'The whole interval lies within the bounds of the budget.',
  fail: 'The whole interval lies outside the bounds of the budget.',
  warn: 'As fail, for a budget of level warn.',
  undecided:
    'The bound lies inside the interval or within the error of the hardware profile, or the evidence is in doubt: too few samples, one replication, an unstable run. Never a pass.',
  'no data': 'Nothing was measured. Never a pass.',
  horizon: 'Simulated time in which requests arrive.',
  events: 'Steps of the simulation. Says how much work a run was, nothing about the fleet.',
  vllmBench:
    'Block of summary.json with the names that `vllm bench serve` writes. Latencies at the router, after the warm-up, over all populations.',
  p50: quantile,
  p95: quantile,
  p99: quantile,
  mean: 'Of all samples of a replication, averaged over replications.',
  all: 'Row over all populations together.',
  'all humans': 'Rows over all session populations together.',
  pools: 'Table of the gateway, the pools and their memory tiers (`pool/tier`), a column each.',
  resources: 'Table of what tasks use beside the models, a line each.',
  cost: 'What requests, tokens, turns and tasks cost when all hardware is paid for, busy or idle.',
  requests: 'How the requests of all replications ended, over the whole run.',
  turns: 'How the turns of all replications ended; those from before time 0 are not counted.',
  ...outcomeGlossary,
  ...comparisonGlossary,
  ...calibrationGlossary,
};
