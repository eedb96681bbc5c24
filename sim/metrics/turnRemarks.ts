import { TurnEnd, turnEndNames } from '../facts/turnTable.js';
import type { RunResult } from '../run/runResult.js';
import type { Scenario } from '../run/scenario.js';
import { sessionFacts } from './sessionFacts.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { Summary } from './summary.js';
import { turnSlice } from './turnSlice.js';

/** How the turns of all replications ended; those from before time 0 are not counted. */
export function countTurnEnds(results: readonly RunResult[]): Summary['turns'] {
  const counts = { answered: 0, asked: 0, interrupted: 0, failed: 0, open: 0 };
  for (const { agents } of results) {
    if (!agents) continue;
    const { turns } = agents;
    for (let row = 0; row < turns.count; row++) {
      if (turns.submitMs[row]! >= 0) counts[turnEndNames[turns.end[row] as TurnEnd]]++;
    }
  }
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([end, count]) => ({ end, count }));
}

/** What must be known before the numbers about humans are believed, a sentence each. */
export function remarksOnTurns(runs: readonly MeasuredRun[], scenario: Scenario): string[] {
  const populations = sessionFacts(scenario);
  const remarks: string[] = [];
  const count = { turns: 0, open: 0, failed: 0 };
  for (const { run, window } of populations.length > 0 ? runs : []) {
    const { agents, rows } = turnSlice(run, window, populations);
    count.turns += rows.length;
    for (const row of rows) {
      if (agents.turns.end[row] === TurnEnd.open) count.open++;
      if (agents.turns.end[row] === TurnEnd.failed) count.failed++;
    }
  }
  const share = (part: number) => `${((100 * part) / count.turns).toFixed(1)}% of the turns`;
  if (count.open > 0.01 * count.turns) {
    remarks.push(`${share(count.open)} were open at the end: they count with their wait so far`);
  }
  if (count.failed > 0) {
    remarks.push(
      `${share(count.failed)} failed: they are in no wait, and count as out of flow (not W ≤ limit)`,
    );
  }
  const unpriced = (scenario.agents?.resources ?? []).filter(
    ({ usdPerHour }) => usdPerHour === undefined,
  );
  const isPriced = scenario.pools.every((pool) =>
    pool.kind === 'engine'
      ? pool.usdPerReplicaHour !== undefined
      : pool.usdPerServerHour !== undefined,
  );
  if (isPriced && unpriced.length > 0) {
    const names = unpriced.map(({ name }) => name).join(', ');
    remarks.push(`no price for ${names}: not in the cost of the fleet`);
  }
  return remarks;
}
