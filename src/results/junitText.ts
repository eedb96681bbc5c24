import { plainText } from '../format/plainText.js';
import { budgetText } from './budgetText.js';
import { type CheckedExperiment, consequenceOf } from './checkedExperiment.js';
import { experimentName } from './experimentName.js';
import type { BudgetVerdict } from './judgeBudgets.js';

/**
 * The verdicts as JUnit XML: a suite per experiment, a case per budget. A broken budget is a failure, one
 * that could not be judged an error; budgets of level warn are skipped, with the reason. No times, no names
 * of machines: same experiments, same bytes.
 */
export function junitText(checked: readonly CheckedExperiment[]): string[] {
  const all = checked.flatMap(({ verdicts }) => verdicts);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="inflow check" ${counts(all)}>`,
    ...checked.flatMap((each) => [
      `  <testsuite name=${quoted(experimentName(each.experiment))} ${counts(each.verdicts)}>`,
      ...each.verdicts.flatMap((verdict) => testCase(each, verdict)),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ];
}

function counts(verdicts: readonly BudgetVerdict[]): string {
  const count = (consequence: string) =>
    verdicts.filter((verdict) => consequenceOf(verdict) === consequence).length;
  return [
    `tests="${verdicts.length}"`,
    `failures="${count('breaks')}"`,
    `errors="${count('unjudged')}"`,
    `skipped="${count('mentioned')}"`,
  ].join(' ');
}

function testCase({ experiment, replay }: CheckedExperiment, verdict: BudgetVerdict): string[] {
  const { budget, reason } = verdict;
  const head = [
    `    <testcase name=${quoted(budgetText(budget))}`,
    `classname=${quoted(experimentName(experiment))}`,
    `file=${quoted(experiment.file)} line="${budget.line}"`,
  ].join(' ');
  const consequence = consequenceOf(verdict);
  if (consequence === 'holds') return [`${head}/>`];
  const elements = { breaks: 'failure', unjudged: 'error', mentioned: 'skipped' } as const;
  const element = elements[consequence];
  const message = `message=${quoted(`${verdict.verdict}: ${reason}`)}`;
  // A skipped case holds nothing but its message.
  const body =
    consequence === 'mentioned'
      ? `<${element} ${message}/>`
      : `<${element} ${message}>${escaped(`replay: ${replay}`)}</${element}>`;
  return [`${head}>`, `      ${body}`, '    </testcase>'];
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** Control characters, which XML cannot hold, are dropped. */
function escaped(text: string): string {
  return plainText(text)
    .replace(
      /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
