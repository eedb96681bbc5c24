import { summarise } from '../../sim/metrics/summarise.js';
import type { Summary } from '../../sim/metrics/summary.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { experimentName } from '../results/experimentName.js';
import { type BudgetVerdict, judgeBudgets } from '../results/judgeBudgets.js';
import { requestLimitsOf } from '../results/requestLimitsOf.js';
import { resultDocument } from '../results/resultDocument.js';
import type { ResultDocument } from '../results/resultSchema.js';
import { progressLine } from './progressLine.js';
import { type ReplicationPlan, runReplications } from './runReplications.js';
import type { Terminal } from './terminal.js';

/** An experiment that was simulated and judged: as far as it came before it was stopped. */
export interface FinishedExperiment {
  readonly runs: readonly RunResult[];
  readonly summary: Summary;
  readonly verdicts: readonly BudgetVerdict[];
  readonly document: ResultDocument;
  readonly startedAt: Date;
  readonly wallMs: number;
}

/** Simulates all replications of an experiment. Undefined when it was stopped before the first was finished. */
export async function runExperiment(
  experiment: LoadedExperiment,
  terminal: Terminal,
  control: Pick<ReplicationPlan, 'stop' | 'onOutOfMemory' | 'workers'>,
): Promise<FinishedExperiment | undefined> {
  const { scenario, replications, budgets } = experiment;
  const { horizonMs } = scenario;
  const startedAt = new Date();
  const startMs = performance.now();
  const name = experimentName(experiment);
  const progress = progressLine(terminal, { name, replications, horizonMs });
  const [runs = []] = await runReplications({
    worlds: [experiment],
    ...control,
    onProgress: ({ replication }, simulatedMs, events) =>
      progress.advance(replication, simulatedMs, events),
    onFinished: ({ replication }, events) => progress.finish(replication, events),
  }).finally(progress.clear);
  if (runs.length === 0) return undefined;
  const summary = summarise(runs, scenario, {
    limits: requestLimitsOf(budgets),
    extraQuantiles: budgets.flatMap(({ quantile }) => (quantile === undefined ? [] : [quantile])),
  });
  const verdicts = judgeBudgets(budgets, summary, scenario);
  const document = resultDocument(experiment, summary, verdicts);
  return { runs, summary, verdicts, document, startedAt, wallMs: performance.now() - startMs };
}
