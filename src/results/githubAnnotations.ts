import { plainText } from '../format/plainText.js';
import { type CheckedExperiment, consequenceOf, verdictSentence } from './checkedExperiment.js';
import type { BudgetVerdict } from './judgeBudgets.js';

/**
 * Workflow commands that put every verdict but a pass beside its budget in the changed file: an error where
 * the build breaks or cannot be judged, else a warning.
 */
export function githubAnnotations(checked: readonly CheckedExperiment[]): string[] {
  return checked.flatMap((each) =>
    each.verdicts.flatMap((verdict) =>
      consequenceOf(verdict) === 'holds' ? [] : [annotation(each, verdict)],
    ),
  );
}

function annotation(checked: CheckedExperiment, verdict: BudgetVerdict): string {
  const { experiment, replay } = checked;
  const command = consequenceOf(verdict) === 'mentioned' ? 'warning' : 'error';
  const titles = { pass: 'budget holds', fail: 'budget broken', undecided: 'budget undecided' };
  const title = verdict.verdict === 'noData' ? 'budget without data' : titles[verdict.verdict];
  const place = `file=${property(experiment.file)},line=${verdict.budget.line}`;
  const message = data(`${verdictSentence(checked, verdict)}\nreplay: ${replay}`);
  return `::${command} ${place},title=${property(title)}::${message}`;
}

/** The escapes of GitHub's own toolkit (actions/toolkit, packages/core/src/command.ts). */
function data(text: string): string {
  return text.split('\n').map(plainText).join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
