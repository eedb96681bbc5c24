/** One number of a library file, with where it comes from. */
export interface ProvenanceRow {
  /** Keys down to it, joined by dots. */
  readonly path: string;
  readonly value: string;
  /** spec, measured, derived, estimate or assumption; empty: the file does not say. */
  readonly kind: string;
  readonly date: string;
  readonly source: string;
}

type Provenance = Omit<ProvenanceRow, 'path' | 'value'>;

const nothingSaid: Provenance = { kind: '', date: '', source: '' };

/** Keys that identify a file instead of saying something about its subject. */
const identity = new Set(['inflow', 'name', 'about', 'sources']);

/**
 * Every value of a library file in its order, each with the provenance that stands beside it or, nearest
 * first, around it.
 */
export function provenanceRows(tree: unknown): ProvenanceRow[] {
  const top = Object.entries(tree as object).filter(([key]) => !identity.has(key));
  return top.flatMap(([key, value]) => rowsBelow(value, key, nothingSaid));
}

function rowsBelow(value: unknown, path: string, around: Provenance): ProvenanceRow[] {
  if (typeof value !== 'object' || value === null || isShortList(value)) {
    return [{ path, value: textOf(value), ...around }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => rowsBelow(item, `${path}[${index}]`, around));
  }
  const provenance = provenanceIn(value) ?? around;
  return Object.entries(value)
    .filter(([key]) => provenance === around || !['kind', 'source', 'date'].includes(key))
    .flatMap(([key, each]) =>
      rowsBelow(each, key === 'value' ? path : `${path}.${key}`, provenance),
    );
}

/** `kind` alone may also name a cost model or a law; with a source beside it, it is provenance. */
function provenanceIn(mapping: object): Provenance | undefined {
  const { kind, source, date } = mapping as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string' || typeof source !== 'string') return undefined;
  return { kind, source, date: date === undefined ? '' : String(date) };
}

function isShortList(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object');
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
