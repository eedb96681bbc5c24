import { type MistakeList, setOption } from '../mistakes/mistakes.js';
import { type Place, sourceText } from '../mistakes/sourceText.js';
import { isMapping, type Report } from './inputSchema.js';
import { suggestion } from './nearestName.js';
import { type DocumentPath, parseSource, type SourceDocument } from './readDocument.js';
import { reportTo } from './reportTo.js';

/** What `--set` may name: the keys of the top level, and those of them whose entries have names of their own. */
export interface OverrideTargets {
  readonly keys: readonly string[];
  readonly named: readonly string[];
}

/**
 * The document with values replaced by `--set path=value`, in order. Keys that the file leaves out are added;
 * entries and list items must exist. Mistakes in a value are shown where it was given, on the command line.
 */
export function withOverrides(
  document: SourceDocument,
  overrides: readonly string[],
  targets: OverrideTargets,
  mistakes: MistakeList,
): SourceDocument {
  const lines = overrides.map((override) => override.replace(/\s/g, ' '));
  const source = sourceText(setOption, lines.join('\n'));
  const set: { path: DocumentPath; place: Place }[] = [];
  let start = 0;
  for (const line of lines) {
    const equals = line.indexOf('=');
    const from = start;
    start += line.length + 1;
    const refuse = reportTo(
      { locate: () => source.placeOf(from, from + (equals < 0 ? line.length : equals)) },
      mistakes,
    );
    if (equals <= 0) {
      refuse({ code: 'E_PATH', message: 'expected path=value, such as fleet.gpu.replicas=6' });
      continue;
    }
    const place = source.placeOf(from + equals + 1, from + line.length);
    const value = readValue(line.slice(equals + 1), place, mistakes);
    const path =
      value && assign(document.tree, line.slice(0, equals), value.value, targets, refuse);
    if (path !== undefined) set.push({ path, place });
  }
  if (set.length === 0) return document;
  return {
    ...document,
    locate(path, atKey) {
      const override = set.findLast((each) => each.path.every((key, i) => key === String(path[i])));
      return override?.place ?? document.locate(path, atKey);
    },
  };
}

/** A value is YAML: a number, text, a list or a mapping. */
function readValue(
  written: string,
  place: Place,
  mistakes: MistakeList,
): { readonly value: unknown } | undefined {
  // Bounds such as ">= 128k" need quotes in a file, where > begins a block of text.
  if (/^\s*$|^\s*[>|]/.test(written)) return { value: written.trim() };
  const parsed = parseSource(sourceText(setOption, written));
  if (parsed.ok) return { value: parsed.document.tree };
  for (const { message, hint, code } of parsed.mistakes)
    mistakes.add(place, { code, message, ...(hint === undefined ? {} : { hint }) });
  return undefined;
}

/** Puts a value into the tree; gives the path as keys, or reports why there is no such place. */
function assign(
  tree: unknown,
  written: string,
  value: unknown,
  targets: OverrideTargets,
  report: Report,
): string[] | undefined {
  const path: string[] = [];
  let node = tree;
  let rest = written;
  for (;;) {
    const key = nextKey(node, rest);
    const problem = keyProblem(node, key, path, targets, tree);
    if (problem !== undefined) return report({ code: 'E_PATH', ...problem });
    const container = node as Record<string, unknown>;
    path.push(key);
    rest = rest.slice(key.length + 1);
    if (rest === '') {
      container[key] = value;
      return path;
    }
    container[key] ??= Object.create(null);
    node = container[key];
  }
}

/** The first key of a path. Names may hold dots themselves, so the longest key that exists wins. */
function nextKey(node: unknown, rest: string): string {
  const existing = isMapping(node) || Array.isArray(node) ? Object.keys(node) : [];
  const fitting = existing.filter((key) => rest === key || rest.startsWith(`${key}.`));
  const longest = fitting.sort((a, b) => b.length - a.length)[0];
  return longest ?? rest.split('.', 1)[0]!;
}

function keyProblem(
  node: unknown,
  key: string,
  path: readonly string[],
  { keys, named }: OverrideTargets,
  tree: unknown,
): { message: string; hint?: string } | undefined {
  const where = path.join('.');
  if (key === '__proto__') return { message: 'a path may not contain "__proto__"' };
  if (key === '') return { message: 'a path is keys with one dot between them' };
  if (Array.isArray(node)) {
    if (Object.hasOwn(node, key)) return undefined;
    return { message: `${where} has no item ${key}: it has ${node.length}, counted from 0` };
  }
  if (!isMapping(node)) return { message: `${where} has no keys: it is ${String(node)}` };
  const pools = poolsOfMixes(path, tree);
  const known = path.length === 0 ? keys : (pools ?? Object.keys(node));
  const mustExist =
    path.length === 0 || (path.length === 1 && named.includes(where)) || pools !== undefined;
  if (!mustExist || known.includes(key)) return undefined;
  const hint = suggestion(key, known);
  const message = where === '' ? `there is no key "${key}"` : `${where} has no "${key}"`;
  return { message, ...(hint === undefined ? {} : { hint }) };
}

/** Pools that a mix may inherit, when a path leads to its fleet: naming one of them says what is different. */
function poolsOfMixes(path: readonly string[], tree: unknown): string[] | undefined {
  const [section, , fleet] = path;
  if (section !== 'mixes' || fleet !== 'fleet' || path.length !== 3) return undefined;
  const { mixes, defaults } = tree as { mixes: object; defaults?: unknown };
  const fleets = [defaults, ...Object.values(mixes)].map((each) =>
    isMapping(each) ? each['fleet'] : undefined,
  );
  return fleets.flatMap((each) => (isMapping(each) ? Object.keys(each) : []));
}
