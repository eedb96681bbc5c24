import { type Outcome, outcomeNames } from '../facts/requestTable.js';
import type { RunResult } from '../run/runResult.js';
import type { Summary } from './summary.js';

/** How the requests of all replications ended, over the whole run. */
export function countOutcomes(results: readonly RunResult[]): Summary['outcomes'] {
  const counts = {
    completed: 0,
    rejected: 0,
    neverFits: 0,
    cancelled: 0,
    abandoned: 0,
    open: 0,
    withoutRow: 0,
  };
  for (const { requests, overflow, arrived } of results) {
    for (let row = 0; row < requests.count; row++) {
      counts[outcomeNames[requests.outcome[row] as Outcome]]++;
    }
    const beyond = overflow.reduce((total, part) => total + part.completed, 0);
    counts.completed += beyond;
    counts.withoutRow += arrived - requests.count - beyond;
  }
  return Object.entries(counts)
    .filter(([outcome, count]) => count > 0 || outcome === 'completed')
    .map(([outcome, count]) => ({ outcome, count }));
}

/** What must be known before the numbers are believed, a sentence each. */
export function remarksOn(
  results: readonly RunResult[],
  stability: Summary['stability'],
): string[] {
  const remarks: string[] = [];
  const limits = results.filter(({ ending }) => ending === 'eventLimit').length;
  if (limits > 0) {
    remarks.push(`${limits} of ${results.length} replications stopped at the event limit`);
  }
  const clocks = results.filter(({ ending }) => ending === 'clockLimit').length;
  if (clocks > 0) {
    remarks.push(`${clocks} of ${results.length} replications reached the end of the clock`);
  }
  if (stability.verdict === 'overloaded') {
    remarks.push(
      'more arrives than is finished: latencies depend on the length of the run, and no budget is judged',
    );
  }
  if (stability.verdict === 'backlogged') {
    remarks.push('a backlog was left when arrivals stopped: a longer run may show longer waits');
  }
  const { open, arrived } = openRequests(results);
  if (open > 0.01 * arrived) {
    const percent = ((100 * open) / arrived).toFixed(1);
    remarks.push(
      `${percent}% of the requests were still open at the end: the slowest are missing from the latencies`,
    );
  }
  remarks.push(...rePrefills(results));
  const kept = results.find(({ overflow }) => overflow.length > 0)?.requests.count;
  if (kept !== undefined) {
    remarks.push(
      `only the first ${kept} requests have a row; with the others quantiles are within 0.8%`,
    );
  }
  return remarks;
}

/** Pools that hand over to one that cannot read their KV: the work that is done twice. */
function rePrefills(results: readonly RunResult[]): string[] {
  const byPair = new Map<string, { requests: number; tokens: number }>();
  for (const { pools } of results)
    for (const { name, rePrefills: pairs = [] } of pools)
      for (const { of, requests, tokens } of pairs) {
        const pair = `${name} cannot read the KV of ${of}`;
        const sum = byPair.get(pair) ?? { requests: 0, tokens: 0 };
        byPair.set(pair, { requests: sum.requests + requests, tokens: sum.tokens + tokens });
      }
  return [...byPair].map(
    ([pair, { requests, tokens }]) =>
      `${pair}: it computed the prompts of ${requests} requests again, ${tokens} tokens; the first time gave one token each`,
  );
}

function openRequests(results: readonly RunResult[]): { open: number; arrived: number } {
  const outcomes = countOutcomes(results);
  const countOf = (name: string) => outcomes.find(({ outcome }) => outcome === name)?.count ?? 0;
  const arrived = results.reduce((total, run) => total + run.arrived, 0);
  return { open: countOf('open') + countOf('withoutRow'), arrived };
}
