import { quantileName } from '../../sim/metrics/estimate.js';
import type { MetricDefinition } from '../../sim/metrics/metricDefinition.js';
import { metricDefinitions } from '../../sim/metrics/metricDefinitions.js';
import { suggestion } from '../config/nearestName.js';
import { plainText } from '../format/plainText.js';
import { type Cell, layoutTable, wrapText } from '../results/layoutTable.js';
import type { Paints } from '../results/paints.js';
import { tableWidth } from '../results/summaryText.js';
import { describedKeys } from './describedKeys.js';
import { glossary } from './glossary.js';
import { UserError } from './userError.js';
import { type WrittenName, writtenNames } from './writtenNames.js';

/** What a metric, a printed word, or a key or column of a file means; without a name: the list of metrics. */
export function explainText(name: string | undefined, paint: Paints): string[] {
  if (name === undefined) return overview(paint);
  const wanted = name.trim().toLowerCase();
  const isWanted = (known: string) => known.toLowerCase() === wanted;
  const isLabel = (label: string) => labelForms(label).includes(wanted.replace(cellEnd, ''));
  const words = [
    ...metricDefinitions
      .filter(({ id, label }) => isWanted(id) || isLabel(label.toLowerCase()))
      .map((definition) => metricText(definition, paint)),
    ...Object.entries(glossary)
      .filter(([word]) => isWanted(word))
      .map(([word, text]) => entry(word, text, paint)),
  ];
  const wholeKeys = describedKeys().filter(({ path }) => isWanted(path));
  // What is a word, or a key, of its own is not taken for the end of a key.
  const isEnd = (path: string) => path.toLowerCase().endsWith(`.${wanted}`);
  const endKeys = words.length + wholeKeys.length > 0 ? [] : describedKeys();
  const written = [
    ...writtenNames.filter((each) => isWanted(each.name)),
    ...[...wholeKeys, ...endKeys.filter(({ path }) => isEnd(path))].map(
      ({ path, file, text }): WrittenName => ({ name: path, where: `key of ${file}`, text }),
    ),
  ];
  const found = [...words, ...writtenEntries(written, paint)];
  if (found.length === 0) throw unknownName(name);
  return found.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines));
}

/** What a row may have behind the label of its metric: the quantile, or what is counted. */
const cellEnd = /( p[0-9.]+|, (sequences|requests))$/;

/** `· slots` is also called `slots`, and `queue time, slots` in lists. */
function labelForms(label: string): string[] {
  const [, part] = label.split('· ');
  return part === undefined ? [label] : [label, part, `queue time, ${part}`];
}

/** More places than this are counted. */
const placesShown = 3;

/** An entry for every meaning, with the files that have it. */
function writtenEntries(written: readonly WrittenName[], paint: Paints): string[][] {
  const texts = [...new Set(written.map(({ text }) => text))];
  return texts.map((meaning) => {
    const same = written.filter(({ text }) => text === meaning);
    const names = [...new Set(same.map(({ name }) => name))];
    const places = names.map((one) => {
      const files = same.filter(({ name }) => name === one).map(({ where }) => where);
      return `${one} (${files.join(', ')})`;
    });
    const more = places.length - placesShown;
    const shown = places.slice(0, placesShown).join(', ');
    return entry(more > 0 ? `${shown} and ${more} more` : shown, meaning, paint);
  });
}

function overview(paint: Paints): string[] {
  const rows = metricDefinitions.map(({ id, definition }) => {
    const text: Cell = { text: definition };
    return { cells: [{ text: id, paint: paint.bold }], remark: text };
  });
  return [
    ...layoutTable(rows, { indent: 0, maxWidth: Number.POSITIVE_INFINITY }),
    '',
    paint.dim(
      `also: ${Object.keys(glossary).join(', ')}, every column and key of the files that a run writes, and every key of experiments and profiles`,
    ),
  ];
}

function metricText(metric: MetricDefinition, paint: Paints): string[] {
  const direction = { lower: 'lower is better', higher: 'higher is better', neither: undefined };
  const subjects = { population: 'population', pool: 'pool', run: 'whole run' };
  const shown = [
    ...metric.quantiles.map(quantileName),
    ...(metric.quantiles.length ? ['mean'] : []),
  ];
  const facts = [
    `unit: ${unitText[metric.unit]}`,
    direction[metric.better],
    `by ${metric.subjects.map((subject) => subjects[subject]).join(', ')}`,
    shown.length > 0 ? shown.join(', ') : undefined,
  ];
  return [
    `${paint.bold(metric.label.replace('· ', 'queue time, '))}  ${metric.id}`,
    ...indented(metric.definition),
    ...indented(`= ${metric.formula}`),
    ...indented(facts.filter((fact) => fact !== undefined).join('; ')).map(paint.dim),
  ];
}

function entry(title: string, text: string, paint: Paints): string[] {
  return [paint.bold(title), ...indented(text)];
}

function indented(text: string): string[] {
  return wrapText(text, tableWidth - 2).map((line) => `  ${line}`);
}

function unknownName(name: string): UserError {
  const known = [
    ...metricDefinitions.flatMap(({ id, label }) => [id, label]),
    ...Object.keys(glossary),
    ...writtenNames.map((written) => written.name),
    ...describedKeys().map(({ path }) => path),
  ];
  return new UserError(`nothing is called "${plainText(name)}"`, {
    hint: suggestion(name, known) ?? 'inflow explain lists all metrics',
  });
}

const unitText: Readonly<Record<MetricDefinition['unit'], string>> = {
  ms: 'ms',
  ratio: 'share, 0–1 in files and percent in tables',
  requestsPerSec: 'requests per second',
  tokensPerSec: 'tokens per second',
  bytesPerSec: 'bytes per second, GB/s in tables',
  sequences: 'sequences',
  requests: 'requests',
  contexts: 'contexts',
  count: 'count',
  tokens: 'tokens',
  perHour: 'per hour',
  minutesPerHour: 'minutes per hour',
  usd: 'USD',
  usdPerHour: 'USD per hour',
};
