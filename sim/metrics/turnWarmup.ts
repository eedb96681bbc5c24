import { TurnEnd } from '../facts/turnTable.js';
import type { RunResult } from '../run/runResult.js';
import type { Scenario } from '../run/scenario.js';
import { mser5 } from '../statistics/mser5.js';
import { sessionFacts } from './sessionFacts.js';
import type { Summary } from './summary.js';
import { turnSlice } from './turnSlice.js';

/**
 * Where the warm-up of humans ends: MSER-5 on the perceived wait of the n-th interactive turn to be
 * submitted, averaged over replications. Undefined when nobody interactive holds sessions.
 */
export function turnWarmup(
  runs: readonly RunResult[],
  scenario: Scenario,
): Summary['warmup'] | undefined {
  const interactive = sessionFacts(scenario).filter((population) => population.interactive);
  if (interactive.length === 0) return undefined;
  const rows = runs.map((run) => {
    const window = { fromMs: 0, toMs: Math.min(scenario.horizonMs, run.endMs) };
    // Whoever submits late has not waited long when the run is cut: that is no trend.
    const isWhole = (row: number) => {
      const end = run.agents!.turns.end[row];
      return end !== TurnEnd.open && end !== TurnEnd.failed;
    };
    return turnSlice(run, window, interactive).rows.filter(isWhole);
  });
  const length = Math.min(...rows.map((each) => each.length));
  const average = (column: 'waitMs' | 'submitMs') =>
    Float64Array.from({ length }, (_, index) =>
      runs.reduce(
        (sum, run, at) => sum + run.agents!.turns[column][rows[at]![index]!]! / runs.length,
        0,
      ),
    );
  const { cutIndex, verdict } = mser5(average('waitMs'));
  if (verdict === 'refused') {
    const why =
      length < 50 ? `has only ${length} turns` : 'still moves in the last half of the run';
    const rule = `MSER-5: perceived wait ${why}. Run longer, or set \`warmup\``;
    return { untilMs: 0, rule, isRefused: true };
  }
  const cut = cutIndex === 0 ? 'none' : `the first ${cutIndex}`;
  return {
    untilMs: cutIndex === 0 ? 0 : average('submitMs')[cutIndex]!,
    rule: `MSER-5 on perceived wait: ${cut} of ${length} turns`,
    isRefused: false,
  };
}
