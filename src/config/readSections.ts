import type { z } from 'zod';
import { listSections, namedSections, runKeys } from './experimentSchema.js';
import { readEntries } from './idSchema.js';
import { describeFound, isMapping, type Report, readPart } from './inputSchema.js';
import { type ListItem, readItems } from './lists.js';
import { mixKeys } from './mixDocuments.js';

type Values<Shape extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Key in keyof Shape]: z.output<Shape[Key]> | undefined;
};

/** An experiment file as written: what could be read of it, section by section. */
export interface Sections {
  /** Undefined where a key is absent or broken. */
  readonly run: Values<typeof runKeys>;
  readonly models: Section<string>;
  readonly populations: Section<z.output<(typeof namedSections)['populations']>>;
  readonly fleet: Section<z.output<(typeof namedSections)['fleet']>>;
  readonly placement: readonly ListItem<z.output<(typeof listSections)['placement']>>[];
  readonly budgets: readonly ListItem<z.output<(typeof listSections)['budgets']>>[];
}

/** Entries with names of their own. */
export interface Section<Value> {
  /** Those that could be read. */
  readonly values: ReadonlyMap<string, Value>;
  /** All names, also of broken entries. */
  readonly names: ReadonlySet<string>;
}

/** Keys of the top level of an experiment file. */
export const experimentKeys = [
  ...Object.keys(runKeys),
  ...Object.keys(namedSections),
  ...Object.keys(listSections),
  ...mixKeys,
];

/**
 * Reads an experiment part by part, so that a mistake in one does not hide those of the others. Undefined
 * when it is no experiment of this version at all.
 */
export function readSections(tree: unknown, report: Report): Sections | undefined {
  if (!isMapping(tree))
    return report({
      code: 'E_TYPE',
      message: `expected a mapping at the top level, found ${describeFound(tree)}`,
    });
  if (!Object.hasOwn(tree, 'inflow'))
    return report({
      code: 'E_VERSION',
      message: 'missing "inflow", the version of the file format',
      hint: 'Begin the file with inflow: 1',
    });
  if (readPart(runKeys.inflow, tree['inflow'], ['inflow'], report) === undefined) return undefined;

  for (const key of Object.keys(tree)) {
    const finding = { code: 'E_KEY', message: 'unknown key', path: [key], atKey: true };
    if (!experimentKeys.includes(key)) report({ ...finding, known: experimentKeys });
  }
  const run = Object.fromEntries(
    Object.entries(runKeys).map(([key, schema]) => [
      key,
      readPart(schema as z.ZodType, tree[key], [key], report),
    ]),
  ) as Values<typeof runKeys>;
  return {
    run,
    models: tree['models'] === undefined ? empty : section('models', tree, report),
    populations: section('populations', tree, report),
    fleet: section('fleet', tree, report),
    placement: readItems(listSections.placement, tree['placement'], ['placement'], report),
    budgets: readItems(listSections.budgets, tree['budgets'], ['budgets'], report),
  };
}

const empty = { values: new Map<string, never>(), names: new Set<string>() };

function section<Name extends keyof typeof namedSections>(
  name: Name,
  tree: Readonly<Record<string, unknown>>,
  report: Report,
): Section<z.output<(typeof namedSections)[Name]>> {
  const schema = namedSections[name] as z.ZodType<z.output<(typeof namedSections)[Name]>>;
  if (tree[name] === undefined) {
    report({ code: 'E_REQUIRED', message: 'missing', path: [name] });
    return empty;
  }
  const names = new Set(isMapping(tree[name]) ? Object.keys(tree[name]) : []);
  return { values: readEntries(schema, tree[name], [name], report), names };
}
