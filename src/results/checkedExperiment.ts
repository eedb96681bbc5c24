import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { budgetText } from './budgetText.js';
import { experimentName } from './experimentName.js';
import type { BudgetVerdict } from './judgeBudgets.js';

/** An experiment whose budgets were judged, for the reporters of `inflow check`. */
export interface CheckedExperiment {
  readonly experiment: Pick<LoadedExperiment, 'file' | 'name' | 'mix'>;
  readonly verdicts: readonly BudgetVerdict[];
  /** The command that simulates it again and prints all of it. */
  readonly replay: string;
}

/** What a budget means for a build: holds, breaks it, leaves it undecided, or is only mentioned. */
export type Consequence = 'holds' | 'breaks' | 'unjudged' | 'mentioned';

/** What the verdict on a budget means for a build. Budgets of level warn never break it. */
export function consequenceOf({ budget, verdict }: BudgetVerdict): Consequence {
  if (verdict === 'pass') return 'holds';
  if (budget.level === 'warn') return 'mentioned';
  return verdict === 'fail' ? 'breaks' : 'unjudged';
}

/** A verdict in one line: what was bounded, by which experiment, and why it is so. */
export function verdictSentence(
  { experiment }: CheckedExperiment,
  { budget, verdict, reason }: BudgetVerdict,
): string {
  const words = { pass: 'holds', fail: 'broken', undecided: 'undecided', noData: 'no data' };
  return `${experimentName(experiment)}: ${budgetText(budget)}: ${words[verdict]}, ${reason}`;
}
