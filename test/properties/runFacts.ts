import type { RequestTable } from '../../sim/facts/requestTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';

/** Every column of the request table, in plain arrays, with populations and pools by name. */
export function requestFacts(run: RunResult, scenario: Scenario): Record<string, unknown[]> {
  const { count, population, pool, ...columns } = run.requests;
  const plain = Object.entries(columns).map(([name, column]) => [name, [...column]]);
  return {
    ...Object.fromEntries(plain),
    population: Array.from(population, (index) => run.populationNames[index]),
    pool: Array.from(pool, (index) => scenario.pools[index]?.name),
    rows: [count],
  };
}

/** Everything that a run gives, as plain data. */
export function allFacts(run: RunResult, scenario: Scenario): unknown {
  const { requests: _requests, ...rest } = run;
  return JSON.parse(
    JSON.stringify({ ...rest, requests: requestFacts(run, scenario) }, (_key, value) =>
      value instanceof Float64Array ? [...value] : value,
    ),
  );
}

/** The names of the columns that are times since the start of the run, in the order in which they pass. */
export const stations = [
  'sentMs',
  'arrivalMs',
  'scheduledMs',
  'firstTokenMs',
  'finishMs',
] as const satisfies readonly (keyof RequestTable)[];
