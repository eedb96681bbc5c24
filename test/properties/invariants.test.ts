import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PoolRun } from '../../sim/facts/poolRun.js';
import { Outcome, queueReasons, type RequestTable } from '../../sim/facts/requestTable.js';
import { littlesLaw } from '../../sim/metrics/littlesLaw.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { randomScenario } from './randomScenario.js';
import { stations } from './runFacts.js';

/** More worlds, and others: `INFLOW_WORLDS=5000 INFLOW_SEED=2 npx vitest run test/properties/invariants.test.ts`. */
const worlds = Number(process.env['INFLOW_WORLDS'] ?? 250);
const seed = Number(process.env['INFLOW_SEED'] ?? 1);

/** What the random worlds must have met at least once, or they prove little. */
const reached = {
  completed: 0,
  openAtTheEnd: 0,
  rejectedAtGateway: 0,
  rejectedAtPool: 0,
  abandoned: 0,
  stationsWithSetUp: 0,
  retries: 0,
  neverFits: 0,
  preemptions: 0,
  evictions: 0,
  prefixHits: 0,
  kvBlockWaits: 0,
  slotWaits: 0,
  tokenBudgetWaits: 0,
  populationsOnTwoPools: 0,
};

test(`${worlds} random worlds keep what every world must keep`, () => {
  const holds = fc.property(fc.integer({ min: 0, max: 1e9 }), (world) => {
    const scenario = randomScenario(world);
    const run = simulate(scenario, { seed: '1', replication: 0 });
    everyRequestIsSomewhere(run, scenario);
    for (let row = 0; row < run.requests.count; row++) timesAreInOrder(run.requests, row);
    for (const pool of run.pools) levelsAreWithinBounds(pool, run);
    if (run.gateway) levelsAreWithinBounds(run.gateway, run);
    for (const law of littlesLaw(run)!) expect(law.relativeError).toBeLessThan(1e-9);
    tokensAddUp(run, scenario);
    countReached(run);
    reached.stationsWithSetUp += scenario.pools.filter((pool) => 'setUpMs' in pool).length;
  });
  fc.assert(holds, { seed, numRuns: worlds });
  expect(Object.entries(reached).filter(([, times]) => times === 0)).toEqual([]);
});

/** Arrived = completed + rejected + never fits + abandoned + open, per population, and the pools count the same. */
function everyRequestIsSomewhere(run: RunResult, scenario: Scenario): void {
  const { requests, pools, gateway } = run;
  expect(requests.count).toBe(run.arrived);
  const rowsWith = (holds: (row: number) => boolean) =>
    Array.from({ length: requests.count }, (_, row) => row).filter(holds).length;
  for (const [index, pool] of pools.entries()) {
    const endedAs = (outcome: Outcome) =>
      rowsWith((row) => requests.pool[row] === index && requests.outcome[row] === outcome);
    expect(pool.completed).toBe(endedAs(Outcome.completed));
    expect(pool.rejected).toBe(endedAs(Outcome.rejected));
  }
  const nowhere = rowsWith((row) => requests.pool[row] === -1);
  const isNowhere = (outcome: Outcome) =>
    rowsWith((row) => requests.pool[row] === -1 && requests.outcome[row] === outcome);
  expect(isNowhere(Outcome.completed)).toBe(0);
  expect(isNowhere(Outcome.rejected)).toBe(gateway?.rejected ?? 0);
  // Who is nowhere and not at its end is on the network or in the gateway.
  const onTheWay = nowhere - isNowhere(Outcome.rejected) - isNowhere(Outcome.neverFits);
  expect(isNowhere(Outcome.open)).toBe(onTheWay);
  const open = rowsWith((row) => requests.outcome[row] === Outcome.open);
  if (scenario.drain) expect([run.ending, open]).toEqual(['drained', 0]);
}

function timesAreInOrder(requests: RequestTable, row: number): void {
  const outcome = requests.outcome[row]!;
  let lastMs = 0;
  let passed = 0;
  for (const name of stations) {
    const ms = requests[name][row]!;
    if (Number.isNaN(ms)) continue;
    mustHold(ms >= lastMs, `${name} is not before what comes before it`, row);
    lastMs = ms;
    passed++;
  }
  const { arrivalMs, scheduledMs, firstTokenMs, finishMs, clientFirstTokenMs } = requests;
  let queuedMs = 0;
  for (const reason of queueReasons) {
    const ms = requests[`${reason}Ms`][row]!;
    mustHold(ms >= 0, `${reason} takes no negative time`, row);
    queuedMs += ms;
  }
  if (outcome !== Outcome.completed) {
    const isOpen = outcome === Outcome.open;
    mustHold(Number.isNaN(finishMs[row]!) === isOpen, 'only who is open has no end', row);
    mustHold(isOpen || Number.isNaN(scheduledMs[row]!), 'who is turned away never starts', row);
    return;
  }
  mustHold(passed === stations.length, 'who completed has all times', row);
  mustHold(clientFirstTokenMs[row]! >= firstTokenMs[row]!, 'the way back takes time', row);
  // Beyond the forming of the first batch there is only its start, which comes before the first token.
  const arrivedMs = arrivalMs[row]!;
  mustHold(queuedMs >= scheduledMs[row]! - arrivedMs, 'reasons cover the wait for the form', row);
  mustHold(queuedMs <= firstTokenMs[row]! - arrivedMs, 'reasons end before the first token', row);
}

function levelsAreWithinBounds(pool: PoolRun, { endMs }: RunResult): void {
  const { timeline, units } = pool;
  mustHold(timeline.binCount * timeline.binMs >= endMs * (1 - 1e-12), 'the bins cover the run', 0);
  for (const [name, column] of Object.entries(timeline)) {
    if (!(column instanceof Float64Array)) continue;
    mustHold(column.length === timeline.binCount, `${name} has a value per bin`, 0);
    for (const level of column) {
      // The comparison is false for NaN too.
      const isNumber = level >= 0 && level < Number.POSITIVE_INFINITY && !Object.is(level, -0);
      mustHold(isNumber, `${name} of ${pool.name} is a number from 0`, level);
    }
  }
  const blocks = units * pool.kvBlocksPerReplica;
  for (let bin = 0; bin < timeline.binCount; bin++) {
    const busy = timeline.busyUnits[bin]!;
    mustHold(busy <= units * (1 + 1e-9), 'no more are busy than there are', busy);
    if (pool.kind !== 'engine') continue;
    const held = timeline.usedKvBlocks[bin]! + timeline.cachedKvBlocks[bin]!;
    mustHold(held <= blocks * (1 + 1e-9), 'no more blocks are held than there are', held);
  }
}

/** `expect` for what is asked a million times. */
function mustHold(holds: boolean, what: string, value: number): void {
  if (!holds) throw new Error(`${what}: not so for ${value}`);
}

/** Every token that was asked for came out, and was computed once unless its request was preempted. */
function tokensAddUp({ requests, pools }: RunResult, { drain }: Scenario): void {
  for (const [index, pool] of pools.entries()) {
    expect(pool.hitTokens).toBeLessThanOrEqual(pool.promptTokens);
    if (pool.kind !== 'engine' || !drain) continue;
    let gaps = 0;
    let toCompute = 0;
    for (let row = 0; row < requests.count; row++) {
      if (requests.pool[row] !== index || requests.outcome[row] !== Outcome.completed) continue;
      gaps += requests.outputTokens[row]! - 1;
      toCompute += requests.promptTokens[row]! - requests.hitTokens[row]!;
    }
    expect(pool.itlMs.count).toBe(gaps);
    if (pool.preemptions === 0) expect(pool.computedTokens).toBe(toCompute + gaps);
    else expect(pool.computedTokens).toBeGreaterThanOrEqual(toCompute + gaps);
  }
}

function countReached({ requests, pools, gateway }: RunResult): void {
  const poolsOf = new Map<number, Set<number>>();
  for (let row = 0; row < requests.count; row++) {
    const outcome = requests.outcome[row];
    if (outcome === Outcome.completed) reached.completed++;
    if (outcome === Outcome.open) reached.openAtTheEnd++;
    if (outcome === Outcome.neverFits) reached.neverFits++;
    if (outcome === Outcome.abandoned) reached.abandoned++;
    if (requests.kvBlocksMs[row]! > 0) reached.kvBlockWaits++;
    if (requests.slotsMs[row]! > 0) reached.slotWaits++;
    if (requests.tokenBudgetMs[row]! > 0) reached.tokenBudgetWaits++;
    const pool = requests.pool[row]!;
    const used = poolsOf.get(requests.population[row]!) ?? new Set();
    if (pool >= 0) poolsOf.set(requests.population[row]!, used.add(pool));
  }
  reached.populationsOnTwoPools += [...poolsOf.values()].filter(({ size }) => size > 1).length;
  reached.rejectedAtGateway += gateway?.rejected ?? 0;
  for (const pool of pools) {
    reached.rejectedAtPool += pool.rejected;
    reached.retries += pool.retries ?? 0;
    reached.preemptions += pool.preemptions;
    reached.evictions += pool.evictedBlocks;
    reached.prefixHits += pool.hitTokens;
  }
}
