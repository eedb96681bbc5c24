import { budgetText } from './budgetText.js';
import type { BudgetVerdict } from './judgeBudgets.js';
import { type Cell, layoutTable } from './layoutTable.js';
import type { Paints } from './paints.js';

/** A line per budget: its verdict, what it bounds, and why. */
export function budgetLines(
  verdicts: readonly BudgetVerdict[],
  paint: Paints,
  maxWidth: number,
): string[] {
  const rows = verdicts.map((verdict) => {
    const name: Cell = { text: budgetText(verdict.budget), align: 'left' };
    return { cells: [judgedWord(verdict, paint), name], remark: { text: verdict.reason } };
  });
  return layoutTable(rows, { indent: 2, maxWidth });
}

/** The verdict on a budget as tables print it: `pass`, `fail`, `warn`, `undecided` or `no data`. */
export function judgedWord({ budget, verdict }: BudgetVerdict, paint: Paints): Cell {
  if (verdict === 'pass') return { text: 'pass', paint: paint.green };
  if (verdict === 'fail' && budget.level === 'fail') return { text: 'fail', paint: paint.red };
  const words = { fail: 'warn', undecided: 'undecided', noData: 'no data' };
  return { text: words[verdict], paint: paint.yellow };
}
