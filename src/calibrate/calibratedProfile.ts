import { type Document, parseDocument, type YAMLMap } from 'yaml';
import { physicalParameters } from './physicalParameters.js';
import { profileText } from './profileText.js';
import { sectionSource } from './sectionSource.js';

/** What a calibrated profile says about itself. */
export interface CalibrationNote {
  readonly name: string;
  readonly about: string;
  /** The measurements. */
  readonly on: string;
  /** Engine and version measured. */
  readonly engine: string;
  /** 2026-04 or 2026-04-25. */
  readonly date: string;
  /** Mean relative error on the measurements, and on those held out where a split is possible. */
  readonly error: number;
  readonly heldOut?: number;
  readonly measured?: MeasuredRange;
  /** Parameters that were fitted to something else than `on`, with what that was. */
  readonly sources?: ReadonlyMap<string, FitSource>;
}

/** The measurements of one stage of a fit. */
export type FitSource = Pick<CalibrationNote, 'on' | 'engine' | 'date'>;

/** What the measurements cover: beyond it the profile extrapolates. */
export interface MeasuredRange {
  readonly models: readonly string[];
  readonly weights: readonly string[];
  readonly accelerators: readonly [number, number];
  readonly sequences: number;
  readonly contextTokens: number;
}

/**
 * The text of a profile with fitted values in the place of those of the profile that the fit began with. Everything
 * else, comments included, stays as it was; sections that changed say where their numbers come from now.
 */
export function calibratedProfile(
  baseText: string,
  values: ReadonlyMap<string, number>,
  note: CalibrationNote,
): string {
  const document = parseDocument(baseText);
  document.set('name', note.name);
  document.set('about', note.about);
  for (const [name, value] of values) {
    const { isDuration, min, max } = physicalParameters.get(name)!;
    const from = note.sources?.get(name) ?? note;
    // A bound of physics, not what was measured, set such a number.
    const bound = value <= min || value >= max ? ', at its bound' : '';
    const source = `fit to ${from.on}, ${from.engine} (inflow calibrate)${bound}`;
    const written = isDuration ? durationText(value) : Number(value.toPrecision(3));
    if (name === 'links.start') writeLinkStart(document, value, source);
    else if (name === 'perSequence') writeScalar(document, ['cost', name], written, source);
    else writeMember(document, ['cost', ...name.split('.')], written, source, from.date);
  }
  const { on, engine, date, error, heldOut, measured } = note;
  document.setIn(['cost', 'calibration'], {
    status: 'fitted',
    on,
    engine,
    date,
    error: percentText(error),
    ...(heldOut === undefined ? {} : { heldOut: percentText(heldOut) }),
    ...(measured === undefined ? {} : { measured: rangeOf(measured) }),
  });
  return profileText(document);
}

function rangeOf({ models, weights, accelerators, sequences, contextTokens }: MeasuredRange) {
  return { models, weights, accelerators, sequences, context: contextTokens };
}

/** A number of a section; a precision that the base lacks begins as its bf16. */
function writeMember(
  document: Document,
  path: readonly string[],
  written: number | string,
  source: string,
  date: string,
): void {
  const section = path.slice(0, -1);
  if (!document.hasIn(section)) {
    const bf16 = document.getIn(['cost', 'efficiency', 'bf16']) as YAMLMap;
    document.setIn(section, bf16.clone());
  }
  document.setIn(path, written);
  document.setIn([...section, 'kind'], 'derived');
  const keys = (document.getIn(section) as YAMLMap).items
    .map(({ key }) => String(key))
    .filter((key) => !['kind', 'source', 'date'].includes(key));
  const before = String(document.getIn([...section, 'source']));
  const fitted = new Map([[path.at(-1)!, source]]);
  document.setIn([...section, 'source'], sectionSource(keys, before, fitted));
  document.setIn([...section, 'date'], date);
}

function writeScalar(
  document: Document,
  path: readonly string[],
  written: number | string,
  source: string,
): void {
  document.setIn([...path, 'value'], written);
  document.setIn([...path, 'kind'], 'derived');
  document.setIn([...path, 'source'], source);
}

/** Every measured time of a collective moves by as much as its start. */
function writeLinkStart(document: Document, startMs: number, source: string): void {
  const link = ['links', 'scaleUp'];
  const before = durationMsOf(document.getIn([...link, 'latency', 'value']));
  if (before === undefined) return;
  writeScalar(document, [...link, 'latency'], durationText(startMs), source);
  const groups = document.getIn([...link, 'allReduce', 'groups']) as YAMLMap | undefined;
  groups?.items.forEach((_, group) => {
    const times = [...link, 'allReduce', 'groups', group, 'times'];
    const list = document.getIn(times) as { items: unknown[] };
    list.items.forEach((_item, index) => {
      const time = durationMsOf(document.getIn([...times, index]))!;
      document.setIn([...times, index], durationText(Math.max(0.0005, time + startMs - before)));
    });
  });
}

function durationMsOf(text: unknown): number | undefined {
  const found = /^([\d.]+)(ns|us|ms|s)$/.exec(String(text));
  if (found === null) return undefined;
  const unit = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000 }[found[2] as 'ns' | 'us' | 'ms' | 's'];
  return Number(found[1]) * unit;
}

/** Three digits in the unit that suits: 22.3us, 1.25ms. */
function durationText(ms: number): string {
  if (ms === 0) return '0ms';
  if (ms >= 1) return `${Number(ms.toPrecision(3))}ms`;
  if (ms >= 1e-3) return `${Number((ms * 1e3).toPrecision(3))}us`;
  return `${Number((ms * 1e6).toPrecision(3))}ns`;
}

function percentText(share: number): string {
  return `${Number((100 * share).toFixed(1))}%`;
}
