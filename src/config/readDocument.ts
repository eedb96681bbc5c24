import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Finding } from '../mistakes/finding.js';
import { type Mistake, mistakeAt, mistakeList } from '../mistakes/mistakes.js';
import { type Place, type SourceText, sourceText, wholeFile } from '../mistakes/sourceText.js';
import { plainTree } from './plainTree.js';
import { readTextFile } from './readTextFile.js';

/** A path into a document: keys of mappings and indices of lists. */
export type DocumentPath = readonly (string | number)[];

/** A parsed YAML or JSON file as plain data, which still knows where everything was written. */
export interface SourceDocument {
  readonly file: string;
  /** Mappings are objects without a prototype; no key is `__proto__`. */
  readonly tree: unknown;
  /** The place of a value, or of its key; of the nearest thing around it when it does not exist. */
  locate(path: DocumentPath, atKey?: boolean): Place;
}

export type DocumentResult =
  | { readonly ok: true; readonly document: SourceDocument }
  | { readonly ok: false; readonly exitCode: 2 | 4; readonly mistakes: readonly Mistake[] };

/** Reads a YAML or JSON file without trust. @param shownName the file as messages name it. */
export function readDocument(path: string, shownName: string): DocumentResult {
  const read = readTextFile(path, shownName);
  return read.ok ? parseSource(sourceText(shownName, read.text)) : read;
}

/** Parses YAML 1.2 (of which JSON is a part) with the core schema: no merge keys, no tags of other languages. */
export function parseSource(source: SourceText): DocumentResult {
  const refuse = (mistakes: readonly Mistake[]): DocumentResult => ({
    ok: false,
    exitCode: 2,
    mistakes,
  });
  const refuseAt = (place: Place, finding: Finding) => refuse([mistakeAt(place, finding)]);
  if (!written.test(source.text))
    return refuseAt(wholeFile(source.file), { code: 'E_EMPTY', message: 'the file is empty' });

  const excess = tooMuch(source.text);
  if (excess !== undefined)
    return refuseAt(source.placeOf(excess.at, excess.at + 1), excess.finding);
  const parsed = parseDocument(source.text, parserOptions);
  const syntax = syntaxMistakes(parsed, source);
  if (syntax.length > 0) return refuse(syntax);

  const mistakes = mistakeList();
  const tree = plainTree(parsed, (start, end, finding) =>
    mistakes.add(source.placeOf(start, end), finding),
  );
  if (mistakes.hasErrors()) return refuse(mistakes.sorted());
  return { ok: true, document: { file: source.file, tree, locate: locator(parsed, source) } };
}

/** A line that holds more than a comment. Looks ahead in its line only: else a file of empty lines takes hours. */
const written = /^(?![^\S\r\n\u2028\u2029]*(#|$)).+/m;

const parserOptions = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  // Checked by plainTree, which also sees that the keys 1 and "1" are the same.
  uniqueKeys: false,
  prettyErrors: false,
} as const;

const tooDeep = { code: 'E_DEPTH', message: 'nested deeper than 64 levels' };

/** Looks at the symbols alone, because the parser takes seconds on a file of a million brackets. */
function tooMuch(text: string): { readonly at: number; readonly finding: Finding } | undefined {
  const maxSymbols = 400_000;
  let at = 0;
  let depth = 0;
  let symbols = 0;
  for (const symbol of new Lexer().lex(text)) {
    if (symbol === '[' || symbol === '{') depth++;
    else if (symbol === ']' || symbol === '}') depth--;
    if (depth > 64) return { at, finding: tooDeep };
    if (++symbols > maxSymbols)
      return { at, finding: { code: 'E_LIMIT', message: `more than ${maxSymbols} YAML symbols` } };
    if (!isMarker(symbol)) at += symbol.length;
  }
  return undefined;
}

/** The lexer marks the start of a document and of a plain scalar with characters that are not in the text. */
function isMarker(symbol: string): boolean {
  return symbol === '\u0002' || symbol === '\u0018' || symbol === '\u001f';
}

function syntaxMistakes(parsed: Document.Parsed, source: SourceText): readonly Mistake[] {
  const mistakes = mistakeList();
  const seenLines = new Set<number>();
  for (const problem of [...parsed.errors, ...parsed.warnings]) {
    const place = source.placeOf(...problem.pos);
    // One slip makes the parser complain several times about the lines that follow.
    if (seenLines.has(place.line) || seenLines.size >= 5) continue;
    seenLines.add(place.line);
    mistakes.add(place, syntaxFinding(problem, source.text));
  }
  return mistakes.sorted();
}

function syntaxFinding(
  problem: { code: string; message: string; pos: [number, number] },
  text: string,
): Finding {
  const [start, end] = problem.pos;
  if (problem.code === 'RESOURCE_EXHAUSTION') return tooDeep;
  if (problem.code === 'TAG_RESOLVE_FAILED')
    return { code: 'E_TAG', message: `unknown tag ${text.slice(start, end).trim()}` };
  const message = syntaxMessages[problem.code];
  if (message !== undefined) return { code: 'E_PARSE', message };
  if (/^[>|][=\s]/.test(text.slice(start)))
    return { code: 'E_PARSE', message: 'text that starts with > or | must be quoted' };
  const said = problem.message.charAt(0).toLowerCase() + problem.message.slice(1);
  return { code: 'E_PARSE', message: said };
}

const syntaxMessages: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs are not allowed as indentation: use spaces',
  MULTIPLE_DOCS: 'unexpected text after the document: a file holds one',
  UNEXPECTED_TOKEN: 'unexpected text here',
};

function locator(parsed: Document.Parsed, source: SourceText) {
  const pairs: PairsByKey = new Map();
  return (path: DocumentPath, atKey = false): Place => {
    let node: unknown = parsed.contents;
    let key: unknown;
    let isWhole = true;
    for (const segment of path) {
      const inner = isAlias(node) ? node.resolve(parsed) : node;
      const next = childOf(inner, segment, pairs);
      if (next === undefined) {
        isWhole = false;
        break;
      }
      [key, node] = next;
    }
    // Nothing is inside a scalar: one that stands for a list of one is what is meant.
    const isInside = !isWhole && !isScalar(node);
    const usesKey = key !== undefined && (atKey || isInside || !isOneLine(node, source));
    const range = rangeOf(usesKey ? key : node) ?? rangeOf(key);
    if (range === undefined || (node === parsed.contents && !isWhole))
      return source.placeOf(...firstLine(source.text));
    return source.placeOf(range[0], range[1]);
  };
}

/** Of the mappings that were looked into: a file may have a mistake at each of many thousand keys. */
type PairsByKey = Map<YAMLMap, ReadonlyMap<string, Pair>>;

/** The key node (undefined in a list) and the value node at a segment of a path. */
function childOf(
  node: unknown,
  segment: string | number,
  pairs: PairsByKey,
): [unknown, unknown] | undefined {
  if (isMap(node)) {
    const byKey = pairs.get(node) ?? pairsByKey(node);
    pairs.set(node, byKey);
    const pair = byKey.get(String(segment));
    return pair && [pair.key, pair.value];
  }
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : [undefined, item];
  }
  return undefined;
}

/** Keys are each other's only once: plainTree sees to it. */
function pairsByKey({ items }: YAMLMap): ReadonlyMap<string, Pair> {
  return new Map(
    items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]),
  );
}

/** A value over several lines is shown by its key. */
function isOneLine(node: unknown, source: SourceText): boolean {
  const range = rangeOf(node);
  if (range === undefined || range[0] === range[1]) return false;
  return !source.text.slice(range[0], range[1]).trimEnd().includes('\n');
}

function rangeOf(node: unknown): readonly [number, number] | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range ? [range[0]!, range[1]!] : undefined;
}

function firstLine(text: string): [number, number] {
  const start = Math.max(0, text.search(written));
  const end = text.indexOf('\n', start);
  return [start, end === -1 ? text.length : end];
}
