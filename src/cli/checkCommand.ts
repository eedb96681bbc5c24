import { existsSync, readdirSync } from 'node:fs';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { plainText } from '../format/plainText.js';
import { type CheckedExperiment, consequenceOf } from '../results/checkedExperiment.js';
import { checkText } from '../results/checkText.js';
import { experimentName } from '../results/experimentName.js';
import { githubAnnotations } from '../results/githubAnnotations.js';
import type { BudgetVerdict } from '../results/judgeBudgets.js';
import { junitText } from '../results/junitText.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { loadExperiments } from './loadExperiments.js';
import { reportBug } from './reportBug.js';
import { runExperiment } from './runExperiment.js';
import { loadOptionsOf, replayOf, type SimulationOptions, workersOf } from './simulationOptions.js';
import { listenForStop } from './stopSignals.js';
import type { Terminal } from './terminal.js';
import { UserError } from './userError.js';

/** How `inflow check` tells its verdicts. */
export const checkReporters = ['text', 'junit', 'github'] as const;

/** Options of `inflow check`, as the command line gives them. */
export interface CheckOptions extends SimulationOptions {
  readonly reporter: (typeof checkReporters)[number];
}

/** `inflow check`: the CI gate. Simulates experiments and turns the verdicts on their budgets into an exit code. */
export async function checkCommand(
  files: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const workers = workersOf(options);
  const wanted = files.length > 0 ? files : shippedExperiments();
  const loaded = loadExperiments(wanted, loadOptionsOf(options), terminal);
  if (!loaded.ok) return loaded.exitCode;
  const stop = listenForStop('stopping: what is finished is judged', terminal);
  const checked: CheckedExperiment[] = [];
  try {
    const experiments = loaded.experiments.filter((experiment) => {
      const isJudged = experiment.budgets.length > 0;
      if (!isJudged) terminal.say(`${plainText(experiment.file)}: no budgets, so not checked`);
      return isJudged;
    });
    if (experiments.length === 0) {
      const hint = 'Say what must hold under budgets: in an experiment file';
      throw new UserError('there is no budget to check', { hint });
    }
    for (const experiment of experiments) {
      const replay = replayOf(experiment, options);
      if (stop.signal.aborted) {
        checked.push({ experiment, verdicts: unjudged(experiment), replay });
        continue;
      }
      const control = { stop: stop.signal, onOutOfMemory: stop.onOutOfMemory, workers };
      const finished = await runExperiment(experiment, terminal, control).catch((problem) =>
        reportBug(problem, terminal, { experiment, replay }),
      );
      if (finished === exitCodes.bug) return exitCodes.bug;
      const isWhole = finished?.runs.length === experiment.replications;
      const verdicts = isWhole ? finished.verdicts : unjudged(experiment);
      checked.push({ experiment, verdicts, replay });
      if (!isWhole) terminal.say(`${experimentName(experiment)}: stopped before it was finished`);
    }
  } finally {
    stop.release();
  }
  terminal.answer(report(checked, options.reporter, terminal).join('\n'));
  const exitCode = exitCodeOf(checked);
  // What could not be judged, for want of memory, weighs less than what is broken.
  if (stop.exitCode === exitCodes.undecided && exitCode === exitCodes.budgetFailed) return exitCode;
  return stop.exitCode ?? exitCode;
}

/** What is not finished is not judged, and says so in every report: a build may look at nothing else. */
function unjudged({ budgets }: LoadedExperiment): BudgetVerdict[] {
  const reason = 'not judged: the check was stopped before all replications were finished';
  return budgets.map((budget) => ({
    budget,
    verdict: 'noData',
    value: undefined,
    profileError: 0,
    reason,
  }));
}

/** Experiment files of the folder `experiments` here. */
function shippedExperiments(): string[] {
  const folder = 'experiments';
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const files = names.filter((name) => /\.(ya?ml|json)$/.test(name));
  if (files.length > 0) return files.map((name) => `${folder}/${name}`);
  throw new UserError('there is no folder "experiments" with experiments here', {
    hint: 'Name them: inflow check <experiment…>',
  });
}

function report(
  checked: readonly CheckedExperiment[],
  reporter: CheckOptions['reporter'],
  { paint }: Pick<Terminal, 'paint'>,
): string[] {
  if (reporter === 'junit') return junitText(checked);
  const lines = checkText(checked, paint);
  return reporter === 'github' ? [...lines, ...githubAnnotations(checked)] : lines;
}

function exitCodeOf(checked: readonly CheckedExperiment[]): ExitCode {
  const all = checked.flatMap(({ verdicts }) => verdicts.map(consequenceOf));
  if (all.includes('breaks')) return exitCodes.budgetFailed;
  return all.includes('unjudged') ? exitCodes.undecided : exitCodes.done;
}
