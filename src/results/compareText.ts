import { formatMs, formatNumber } from '../format/formatQuantity.js';
import { plainText } from '../format/plainText.js';
import { judgedWord } from './budgetLines.js';
import { budgetText } from './budgetText.js';
import { type ComparedRow, type Comparison, commonAbout } from './compareMixes.js';
import { fleetLines } from './fleetLines.js';
import { type Cell, layoutTable, wrapText } from './layoutTable.js';
import { metricCell } from './metricCell.js';
import { metricName } from './metricName.js';
import type { Paints } from './paints.js';
import { pairedLines } from './pairedLines.js';
import { tableWidth, titleText } from './summaryText.js';

/** Mixes that stand side by side; more of them go into further tables. */
const mixesPerTable = 4;

/** What `inflow compare` prints, line by line. */
export function compareText(comparison: Comparison, paint: Paints): string[] {
  const { mixes, baseline } = comparison;
  const others = mixes.flatMap((_, index) => (index === baseline ? [] : [index]));
  return [
    ...titleLines(comparison, paint),
    '',
    ...fleetLines(comparison, paint),
    ...valueTables(comparison, paint),
    ...others.flatMap((mix) => ['', ...pairedLines(comparison, mix, paint)]),
    ...budgetTables(comparison, paint),
    ...noteLines(comparison, paint),
  ];
}

function titleLines({ name, mixes, baseline, confidence }: Comparison, paint: Paints): string[] {
  const { experiment, summary, name: baselineName } = mixes[baseline]!;
  const { replications, seed, scenario, isQuick } = experiment;
  const about = commonAbout(mixes);
  const finished = summary.replications;
  const count = finished < replications ? `${finished} of ${replications}` : `${replications}`;
  const facts = [
    `${count} replication${replications === 1 ? '' : 's'} of ${formatMs(scenario.horizonMs)}`,
    `seed ${seed}: the same random numbers for every mix`,
    `engine ${summary.engine}`,
    ...(isQuick ? ['shortened by --quick'] : []),
  ];
  const each = formatNumber(100 * confidence, mixes.length > 2 ? 1 : 0);
  const method =
    mixes.length > 2
      ? `${mixes.length - 1} comparisons with ${baselineName}: intervals of ${each}% each, 95% together (Bonferroni)`
      : `compared with ${baselineName}: intervals of ${each}%`;
  const few = finished === 1 ? ['one replication: no intervals, so no verdicts'] : [];
  return [
    ...titleText(name, about, paint),
    ...wrapText(facts.join(', '), tableWidth).map(paint.dim),
    ...[method, ...few].map(paint.dim),
  ];
}

/** A column per mix: value ± half-width. */
function valueTables({ mixes, rows }: Comparison, paint: Paints): string[] {
  const lines: string[] = [];
  for (let first = 0; first < mixes.length; first += mixesPerTable) {
    const shown = mixes.slice(first, first + mixesPerTable);
    const head: Cell[] = [
      { text: '' },
      ...shown.map(({ name }) => ({ text: name, paint: paint.bold })),
    ];
    const body = rows.flatMap((row, index) => {
      const values = row.values.slice(first, first + mixesPerTable);
      const cells = [{ text: `  ${metricName(row)}` }, ...values.map(metricCell)];
      const isNewBlock = index > 0 && rows[index - 1]!.block !== row.block;
      return [
        ...(isNewBlock ? [{ cells: [] }] : []),
        { cells, remark: remarkOn(shown, values, paint) },
      ];
    });
    const options = { indent: 0, maxWidth: tableWidth, minWidth: 12 };
    lines.push('', ...layoutTable([{ cells: head }, ...body], options));
  }
  return lines;
}

/** What must be said in the line of these values, and of which mix. */
function remarkOn(
  mixes: readonly { readonly name: string }[],
  values: ComparedRow['values'],
  paint: Paints,
): Cell | undefined {
  const notes = values.map((value) =>
    // One replication is told once, above the table; a dash speaks for itself.
    value?.doubt === 'oneReplication' || value?.doubt === 'noSamples' ? undefined : value?.note,
  );
  const parts = [...new Set(notes)].flatMap((note) => {
    if (note === undefined) return [];
    const whose = mixes.filter((_, index) => notes[index] === note).map(({ name }) => name);
    return [whose.length === mixes.length ? note : `${whose.join(', ')}: ${note}`];
  });
  return parts.length === 0 ? undefined : { text: parts.join('; '), paint: paint.yellow };
}

/** The verdict on every budget, a column per mix. */
function budgetTables({ mixes }: Comparison, paint: Paints): string[] {
  const texts = [
    ...new Set(mixes.flatMap(({ verdicts }) => verdicts.map(({ budget }) => budgetText(budget)))),
  ];
  if (texts.length === 0) return [];
  const head = [
    { text: 'budgets', paint: paint.dim },
    ...mixes.map(({ name }) => ({ text: name, paint: paint.bold })),
  ];
  const rows = texts.map((text) => ({
    cells: [
      { text: `  ${text}` },
      ...mixes.map(({ verdicts }): Cell => {
        const found = verdicts.find(({ budget }) => budgetText(budget) === text);
        return found === undefined ? { text: '–' } : judgedWord(found, paint);
      }),
    ],
  }));
  return ['', ...layoutTable([{ cells: head }, ...rows], { indent: 0, maxWidth: tableWidth })];
}

/** What the numbers rest on. */
function noteLines({ mixes }: Comparison, paint: Paints): string[] {
  const facts = [
    ...mixes.map(({ name, summary }) => {
      const { verdict, reason } = summary.stability;
      return `${name} is ${verdict}: ${reason}`;
    }),
    ...warmupNotes(mixes),
    ...mixes.flatMap(({ name, summary }) => summary.remarks.map((remark) => `${name}: ${remark}`)),
    ...profileNotes(mixes),
  ];
  const lines = facts.flatMap((fact) =>
    wrapText(plainText(fact), tableWidth - 4).map((line, at) => `${at > 0 ? '    ' : '  '}${line}`),
  );
  return ['', paint.dim('what this rests on'), ...lines];
}

/** One line, unless a mix has a warm-up of its own. */
function warmupNotes(mixes: Comparison['mixes']): string[] {
  const texts = mixes.map(({ summary: { warmup } }) =>
    warmup.untilMs > 0 ? `first ${formatMs(warmup.untilMs)} cut` : 'nothing cut',
  );
  const refused = mixes.filter(({ summary }) => summary.warmup.isRefused);
  // The mix whose warm-up it is gives the reason itself.
  const own = mixes.find(({ summary }) => !summary.warmup.rule.startsWith('as ')) ?? mixes[0]!;
  if (refused.length === 0) {
    return [`warm-up: ${texts[0]} from every mix (${own.name}: ${own.summary.warmup.rule})`];
  }
  return mixes.map(({ name, summary }, index) => {
    return `${name}: warm-up: ${texts[index]} (${summary.warmup.rule})`;
  });
}

/** Each hardware profile once, and verdicts that its error is not part of. */
function profileNotes(mixes: Comparison['mixes']): string[] {
  const texts = mixes.flatMap(({ experiment }) =>
    experiment.pools.flatMap(({ hardware, confidence }) =>
      confidence === undefined ? [] : [`${hardware}: ${confidence}`],
    ),
  );
  if (texts.length === 0) return [];
  return [
    ...new Set(texts),
    'errors of these profiles are part of the verdicts on times, not of those on shares, rates and costs',
  ];
}
