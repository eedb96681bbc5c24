import { comparisonGlossary } from './comparisonGlossary.js';

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
    'Time at the start that is left out of every statistic: a fleet that starts empty is faster than it will ever be again. Found by MSER-5 on the TTFT, averaged over replications, or set with `warmup`.',
  'MSER-5':
    'Warm-up rule (White, Cobb and Spratt 2000): in means of five requests, drop as many from the start as makes the standard error of the rest smallest. Refused when that falls into the last half.',
  replication:
    'One of several independent runs of the same experiment with other random numbers. The intervals come from their spread.',
  seed: 'Names the random numbers. Same file, same seed, same bytes.',
  fingerprint:
    'A hash of what happened to every request. Equal fingerprints: equal behaviour, to the last bit.',
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
  completed: 'Requests that got all their tokens.',
  neverFits:
    'Requests whose prompt and output can never fit the KV memory of any pool that they may use.',
  cancelled: 'Requests given up by their client before they had all their tokens.',
  open: 'Requests that were still inside when the run ended.',
  rejected:
    'Requests turned away (429) by the gateway or a pool whose limit on waiting was reached.',
  horizon: 'Simulated time in which requests arrive.',
  events: 'Steps of the simulation. Says how much work a run was, nothing about the fleet.',
  retryMs:
    'Column of requests.csv: from when the request was first sent until it was sent for the last time.',
  sentMs: 'Column of requests.csv, ms since the start: the request leaves its client.',
  arrivalMs: 'Column of requests.csv, ms since the start: the request reaches the router.',
  scheduledMs:
    'Column of requests.csv, ms since the start: the first batch that holds the request is formed.',
  firstTokenMs: 'Column of requests.csv, ms since the start: its first token leaves the engine.',
  finishMs: 'Column of requests.csv, ms since the start: its last token leaves the engine.',
  clientFirstTokenMs:
    'Column of requests.csv, ms since the start: its first token reaches the client.',
  kvLoadMs:
    'Column of requests.csv, ms: from the router until KV was there from memory tiers. Only where a pool has tiers.',
  hitTokens:
    'Column of requests.csv: prompt tokens found in the prefix cache or loaded from memory tiers, over all admissions of the request.',
  busyUnits: 'Column of timeline.csv: replicas or servers at work, on average over the bin.',
  usedKvBlocks: 'Column of timeline.csv: KV blocks that running sequences hold, averaged.',
  cachedKvBlocks:
    'Column of timeline.csv: KV blocks of cached prefixes that nobody holds, averaged.',
  flops:
    'Column of timeline.csv: operations of one accelerator of each replica in the bin, added up.',
  memoryBytes:
    'Column of timeline.csv: bytes moved by one accelerator of each replica in the bin, added up.',
  vllmBench:
    'Block of summary.json with the names that `vllm bench serve` writes. Latencies at the router, after the warm-up, over all populations.',
  ...comparisonGlossary,
};
