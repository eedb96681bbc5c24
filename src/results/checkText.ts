import { plainText } from '../format/plainText.js';
import { budgetLines } from './budgetLines.js';
import { type CheckedExperiment, type Consequence, consequenceOf } from './checkedExperiment.js';
import { experimentName } from './experimentName.js';
import type { Paints } from './paints.js';
import { tableWidth } from './summaryText.js';

/** What `inflow check` prints: every budget of every experiment, the replay of what is not fine, and the sum. */
export function checkText(checked: readonly CheckedExperiment[], paint: Paints): string[] {
  const all = checked.flatMap(({ verdicts }) => verdicts.map(consequenceOf));
  const count = (consequence: Consequence) => all.filter((each) => each === consequence).length;
  const parts: readonly (readonly [number, string])[] = [
    [count('breaks'), 'failed'],
    [count('unjudged'), 'could not be judged'],
    [count('mentioned'), 'not held, of level warn'],
    [count('holds'), 'held'],
  ];
  const sum =
    count('holds') === all.length
      ? ['all held']
      : parts.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : []));
  return [
    ...checked.flatMap((each) => [...experimentLines(each, paint), '']),
    `${all.length} budget${all.length === 1 ? '' : 's'}: ${sum.join(', ')}`,
  ];
}

function experimentLines(checked: CheckedExperiment, paint: Paints): string[] {
  const { experiment, verdicts, replay } = checked;
  const isFine = verdicts.every((verdict) => consequenceOf(verdict) === 'holds');
  return [
    `${paint.bold(experimentName(experiment))}  ${paint.dim(plainText(experiment.file))}`,
    ...budgetLines(verdicts, paint, tableWidth),
    ...(isFine ? [] : [`  replay: ${plainText(replay)}`]),
  ];
}
