import { Outcome } from '../facts/requestTable.js';
import type { RunResult } from '../run/runResult.js';
import type { Scenario } from '../run/scenario.js';
import { mser5 } from '../statistics/mser5.js';
import { requestMeasures } from './requestMeasures.js';
import type { Summary } from './summary.js';
import { turnWarmup } from './turnWarmup.js';

/**
 * Where the warm-up ends: as the scenario says, or by MSER-5; on the waits of humans where they hold sessions, else on the TTFT of the n-th completed request to
 * arrive, averaged over replications. The cut is at the mean arrival of the first request that is kept.
 * Refused, with nothing cut, when the series still moves in its last half or is too short.
 */
export function findWarmup(runs: readonly RunResult[], scenario: Scenario): Summary['warmup'] {
  const { warmup, horizonMs } = scenario;
  if (warmup.kind === 'cut') {
    return { untilMs: warmup.untilMs, rule: 'set by the experiment', isRefused: false };
  }
  const ofTurns = turnWarmup(runs, scenario);
  if (ofTurns) return ofTurns;
  const rows = runs.map((run) => completedBefore(run, horizonMs));
  const length = Math.min(...rows.map((each) => each.length));
  const series = averageOver(runs, rows, length, requestMeasures.ttft);
  const { cutIndex, verdict } = mser5(series);
  if (verdict === 'refused') {
    const why =
      length < 50 ? `has only ${length} requests` : 'still moves in the last half of the run';
    return {
      untilMs: 0,
      rule: `MSER-5: TTFT ${why}. Run longer, or set \`warmup\``,
      isRefused: true,
    };
  }
  const arrivals = averageOver(runs, rows, length, (requests, row) => requests.arrivalMs[row]!);
  return {
    untilMs: cutIndex === 0 ? 0 : arrivals[cutIndex]!,
    rule: `MSER-5 on TTFT: ${cutIndex === 0 ? 'none' : `the first ${cutIndex}`} of ${length} requests`,
    isRefused: false,
  };
}

function completedBefore({ requests }: RunResult, horizonMs: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    const isCompleted = requests.outcome[row] === Outcome.completed;
    if (isCompleted && requests.arrivalMs[row]! <= horizonMs) rows.push(row);
  }
  return rows;
}

function averageOver(
  runs: readonly RunResult[],
  rows: readonly (readonly number[])[],
  length: number,
  value: (requests: RunResult['requests'], row: number) => number,
): Float64Array {
  const series = new Float64Array(length);
  runs.forEach((run, index) => {
    const ofRun = rows[index]!;
    for (let i = 0; i < length; i++) series[i]! += value(run.requests, ofRun[i]!) / runs.length;
  });
  return series;
}
