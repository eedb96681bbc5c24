import type { z } from 'zod';
import { readEntries } from './idSchema.js';
import { isMapping, type Report, readPart } from './inputSchema.js';
import {
  defaultsSchema,
  type EqualiseRule,
  equaliseSchema,
  mixSchema,
  type Written,
} from './mixSchema.js';
import { suggestion } from './nearestName.js';
import type { DocumentPath, SourceDocument } from './readDocument.js';

/** An experiment with one fleet, cut out of a document that may hold several. */
export interface MixDocument {
  /** Undefined in an experiment without mixes. */
  readonly mix: string | undefined;
  /** What the mix says of itself. */
  readonly about: string | undefined;
  /** Knows where in the file everything was written. */
  readonly document: SourceDocument;
}

/** Each is a whole experiment, and a column of what compares them. */
const maxMixes = 128;

/** What a file says about a fleet in one place: defaults, a mix, or one that it extends. */
interface Layer {
  readonly path: DocumentPath;
  readonly fleet: Written;
  readonly placement: unknown;
}

/** Keys at the top of an experiment that are about its mixes. */
export const mixKeys = ['mixes', 'defaults', 'equalise'] as const;

/**
 * The experiments of a document in the order of its mixes; one, the document itself, without `mixes:`. A mix
 * inherits pools key by key from what it extends and from the defaults, and placement as a whole.
 */
export function mixDocuments(
  document: SourceDocument,
  report: Report,
): { readonly documents: readonly MixDocument[]; readonly equalise: EqualiseRule | undefined } {
  const alone = {
    documents: [{ mix: undefined, about: undefined, document }],
    equalise: undefined,
  };
  const { tree } = document;
  if (!isMapping(tree)) return alone;
  if (!Object.hasOwn(tree, 'mixes'))
    return { ...alone, documents: withoutMixes(document, tree, report) };

  for (const key of ['fleet', 'placement'])
    if (Object.hasOwn(tree, key))
      report({
        code: 'E_KEY',
        message: `an experiment with mixes has no ${key} of its own`,
        path: [key],
        atKey: true,
        hint: `Write defaults: { ${key}: … } or mixes: { <name>: { ${key}: … } }`,
      });
  const mixes = readEntries(mixSchema, tree['mixes'], ['mixes'], report, maxMixes);
  const defaults = optional(defaultsSchema, tree, 'defaults', report) ?? {};
  const base: Layer = {
    path: ['defaults'],
    fleet: defaults.fleet ?? {},
    placement: defaults.placement,
  };
  const equalise = optional(equaliseSchema, tree, 'equalise', report);
  const documents = [...mixes].map(([mix, { about }]): MixDocument => {
    const layers = [base, ...lineOf(mix, mixes, report)];
    return { mix, about, document: mixDocument(document, tree, mix, layers, report) };
  });
  // Without a mix there is no pool that it could name.
  return { documents, equalise: documents.length > 0 ? equalise : undefined };
}

function withoutMixes(document: SourceDocument, tree: Written, report: Report): MixDocument[] {
  for (const key of mixKeys)
    if (Object.hasOwn(tree, key))
      report({
        code: 'E_KEY',
        message: `${key} is for experiments with mixes`,
        path: [key],
        atKey: true,
      });
  return [{ mix: undefined, about: undefined, document: { ...document, tree: without(tree) } }];
}

function optional<Value>(
  schema: Parameters<typeof readPart<Value>>[0],
  tree: Written,
  key: string,
  report: Report,
): Value | undefined {
  return tree[key] === undefined ? undefined : readPart(schema, tree[key], [key], report);
}

type Mixes = ReadonlyMap<string, z.output<typeof mixSchema>>;

/** A mix after those that it extends, the first ancestor first. */
function lineOf(mix: string, mixes: Mixes, report: Report): Layer[] {
  const names: string[] = [];
  for (let name: string | undefined = mix; name !== undefined; ) {
    names.push(name);
    const parent: string | undefined = mixes.get(name)?.extends;
    if (parent === undefined) break;
    const path = ['mixes', name, 'extends'];
    if (names.includes(parent)) {
      const circle = [...names.slice(names.indexOf(parent)), parent];
      // Every mix of the circle finds it; it is told once, by the first of them.
      const first = [...mixes.keys()].find((each) => circle.includes(each));
      const message = `mixes extend each other: ${circle.join(' -> ')}`;
      if (first === mix)
        report({ code: 'E_CYCLE', message, path: ['mixes', circle[0]!, 'extends'] });
      break;
    }
    if (!mixes.has(parent)) {
      const hint = suggestion(parent, mixes.keys());
      report({
        code: 'E_REF',
        message: `there is no mix "${parent}"`,
        path,
        ...(hint === undefined ? {} : { hint }),
      });
      break;
    }
    name = parent;
  }
  return names.reverse().map((name) => {
    const { fleet = {}, placement } = mixes.get(name)!;
    return { path: ['mixes', name], fleet, placement };
  });
}

/** The document of one mix: the shared keys, and its fleet and placement. */
function mixDocument(
  document: SourceDocument,
  tree: Written,
  mix: string,
  layers: readonly Layer[],
  report: Report,
): SourceDocument {
  const newestFirst = [...layers].reverse();
  const placed = newestFirst.find(({ placement }) => placement !== undefined);
  const merged = {
    ...without(tree),
    fleet: mergedFleet(layers, report),
    ...(placed === undefined ? {} : { placement: placed.placement }),
  };
  const originOf = (path: DocumentPath): DocumentPath => {
    const [section, name, key] = path;
    if (section === 'placement' && placed !== undefined) return [...placed.path, ...path];
    if (section !== 'fleet') return path;
    const naming = newestFirst.filter(({ fleet }) => isMapping(fleet[String(name)]));
    const saying = naming.find(({ fleet }) =>
      Object.hasOwn(fleet[String(name)] as Written, String(key)),
    );
    return [...((saying ?? naming[0])?.path ?? ['mixes', mix]), ...path];
  };
  return {
    file: document.file,
    tree: merged,
    locate: (path, atKey) => document.locate(originOf(path), atKey),
  };
}

function mergedFleet(layers: readonly Layer[], report: Report): Record<string, unknown> {
  const merged: Record<string, unknown> = Object.create(null);
  for (const { path, fleet } of layers) {
    for (const [name, pool] of Object.entries(fleet)) {
      const inherited = merged[name];
      if (pool === null && inherited === undefined)
        report({
          code: 'E_REF',
          message: `there is no pool "${name}" to take out`,
          path: [...path, 'fleet', name],
          atKey: true,
        });
      if (pool === null) delete merged[name];
      else
        merged[name] = isMapping(pool) && isMapping(inherited) ? { ...inherited, ...pool } : pool;
    }
  }
  return merged;
}

/** The keys that are not about mixes. */
function without(tree: Written): Record<string, unknown> {
  const isOwn = ([key]: [string, unknown]) => !mixKeys.some((each) => each === key);
  return Object.fromEntries(Object.entries(tree).filter(isOwn));
}
