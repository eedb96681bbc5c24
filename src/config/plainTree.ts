import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Finding } from '../mistakes/finding.js';
import { keepOrder } from './keyOrder.js';

const maxDepth = 64;
const maxAliases = 100;
const maxNodes = 500_000;

type Note = (start: number, end: number, finding: Finding) => void;

interface Visit {
  readonly node: unknown;
  readonly depth: number;
  /** The place to show when the node has none of its own. */
  readonly around: readonly [number, number];
  readonly put: (value: unknown) => void;
}

/**
 * The parsed document as plain data. It is walked with a list instead of by recursion and within limits on
 * depth, aliases and size, so that a small file cannot become a huge tree. Scalars that YAML reads
 * otherwise than people do are refused.
 */
export function plainTree(document: Document.Parsed, note: Note): unknown {
  let tree: unknown;
  let aliases = 0;
  let nodes = 0;
  const open: Visit[] = [
    { node: document.contents, depth: 0, around: [0, 1], put: (value) => (tree = value) },
  ];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const place = rangeOf(visit.node) ?? visit.around;
    const refuse = (code: string, message: string) => note(...place, { code, message });
    if (++nodes > maxNodes) {
      refuse('E_LIMIT', `more than ${maxNodes} values, aliases included`);
      return tree;
    }
    if (visit.depth > maxDepth) {
      refuse('E_DEPTH', `nested deeper than ${maxDepth} levels`);
      return tree;
    }
    const { node } = visit;
    if (isAlias(node)) {
      if (++aliases > maxAliases) {
        refuse('E_ALIAS', `more than ${maxAliases} aliases`);
        return tree;
      }
      const target = node.resolve(document);
      if (target === undefined) refuse('E_PARSE', `no anchor &${node.source} before this alias`);
      else open.push({ ...visit, node: target, around: place });
    } else if (isMap(node)) visit.put(openMapping(node.items, visit, place, open, note));
    else if (isSeq(node)) visit.put(openList(node.items, visit, place, open));
    else visit.put(isScalar(node) ? scalarValue(node, place, note) : null);
  }
  return tree;
}

function openMapping(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  visit: Visit,
  place: readonly [number, number],
  open: Visit[],
  note: Note,
): unknown {
  const mapping: Record<string, unknown> = Object.create(null);
  const visits: Visit[] = [];
  const names: string[] = [];
  for (const { key, value } of items) {
    const keyPlace = rangeOf(key) ?? place;
    const name = isScalar(key) ? keyText(key) : undefined;
    if (name === undefined)
      note(...keyPlace, { code: 'E_KEY', message: 'a key must be a name or a number' });
    else if (name === '__proto__')
      note(...keyPlace, { code: 'E_KEY', message: 'key "__proto__" is not allowed' });
    else if (name in mapping)
      note(...keyPlace, { code: 'E_DUP_KEY', message: `duplicate key "${name}"` });
    else {
      // The key holds its place in the order of the file until its value has been visited.
      mapping[name] = null;
      names.push(name);
      const put = (result: unknown) => (mapping[name] = result);
      visits.push({ node: value, depth: visit.depth + 1, around: keyPlace, put });
    }
  }
  keepOrder(mapping, names);
  for (const inner of visits.reverse()) open.push(inner);
  return mapping;
}

function openList(
  items: readonly unknown[],
  visit: Visit,
  place: readonly [number, number],
  open: Visit[],
): unknown {
  const list: unknown[] = items.map(() => null);
  for (let index = items.length - 1; index >= 0; index--) {
    const put = (value: unknown) => (list[index] = value);
    open.push({ node: items[index], depth: visit.depth + 1, around: place, put });
  }
  return list;
}

function keyText(key: Scalar): string | undefined {
  const { value } = key;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? (key.source ?? String(value)) : undefined;
}

function scalarValue(node: Scalar, place: readonly [number, number], note: Note): unknown {
  const { value, source = '' } = node;
  if (typeof value !== 'number') return value;
  const refuse = (code: string, message: string, hint?: string) =>
    note(...place, { code, message, ...(hint === undefined ? {} : { hint }) });
  if (/^[+-]?0[0-9]/.test(source))
    refuse(
      'E_TYPE',
      `${source} is ambiguous: decimal or octal`,
      `Write ${Number(source)} or "${source}"`,
    );
  else if (/^[+-]?0[xob]/i.test(source))
    refuse('E_TYPE', `${source} is not a decimal number`, `Write ${value}`);
  else if (!Number.isFinite(value)) refuse('E_NUMBER', `${source} is not a finite number`);
  else if (/^[+-]?\d+$/.test(source) && !Number.isSafeInteger(value))
    refuse(
      'E_NUMBER',
      `${source} is too large to be kept exactly`,
      `Write "${source}" if it is a name`,
    );
  return value;
}

function rangeOf(node: unknown): readonly [number, number] | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? [range[0], range[1]] : undefined;
}
