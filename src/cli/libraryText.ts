import { join } from 'node:path';
import { type LibraryFolder, libraryNames, packageRoot } from '../config/library.js';
import { suggestion } from '../config/nearestName.js';
import { readDocument } from '../config/readDocument.js';
import { plainText } from '../format/plainText.js';
import { formatMistakes } from '../mistakes/formatMistakes.js';
import { layoutTable, wrapText } from '../results/layoutTable.js';
import type { Paints } from '../results/paints.js';
import { tableWidth } from '../results/summaryText.js';
import { type ProvenanceRow, provenanceRows } from './provenanceRows.js';
import { UserError } from './userError.js';

/** Folders of the library, by the word that messages use for one file of them. */
export type Library = readonly { readonly folder: LibraryFolder; readonly word: string }[];

/** Names and one-line descriptions of everything in some folders of the library. */
export function libraryList(library: Library, paint: Paints): string[] {
  return library.flatMap(({ folder, word }, index) => {
    const rows = libraryNames(folder).map((name) => ({
      cells: [{ text: name }],
      remark: { text: aboutOf(readTree(folder, name)) },
    }));
    const maxWidth = Number.POSITIVE_INFINITY;
    return [
      ...(index > 0 ? [''] : []),
      paint.dim(`${word}s`),
      ...layoutTable(rows, { indent: 2, maxWidth }),
    ];
  });
}

/** Every number of one library file with its provenance. */
export function libraryShow(library: Library, name: string, paint: Paints): string[] {
  const found = library.find(({ folder }) => libraryNames(folder).includes(name));
  if (!found) {
    const known = library.flatMap(({ folder }) => libraryNames(folder));
    const words = library.map(({ word }) => word).join(' or ');
    throw new UserError(`there is no ${words} "${plainText(name)}"`, {
      hint: suggestion(name, known),
    });
  }
  const tree = readTree(found.folder, name);
  const rows = provenanceRows(tree);
  const { sources } = tree as { readonly sources?: unknown };
  const listed = Array.isArray(sources) ? sources.map(String) : [];
  return [
    `${paint.bold(name)}  ${aboutOf(tree)}`,
    paint.dim(`${found.folder}/${name}.yaml`),
    '',
    ...provenanceTable(rows, paint),
    ...(listed.length > 0 ? ['', paint.dim('sources')] : []),
    ...listed.flatMap((source) => hang(plainText(source), 2)),
  ];
}

/** A line for each number, its source below; neighbours with the same source share that. */
function provenanceTable(rows: readonly ProvenanceRow[], paint: Paints): string[] {
  const left = (text: string) => ({ text: plainText(text), align: 'left' as const });
  const table = layoutTable(
    rows.map(({ path, value, kind, date }) => ({
      cells: [left(path), left(isLong(value) ? '' : value), left(kind), left(date)],
    })),
    { indent: 0, maxWidth: tableWidth },
  );
  return rows.flatMap(({ value, source, kind }, index) => {
    const next = rows[index + 1];
    const isLast = next?.source !== source || next.kind !== kind;
    const origin = isLast && source !== '' ? hang(plainText(source), 4).map(paint.dim) : [];
    return [table[index]!, ...(isLong(value) ? hang(plainText(value), 8) : []), ...origin];
  });
}

/** Has lines of its own, below its name. */
function isLong(value: string): boolean {
  return value.length > 24;
}

function hang(text: string, indent: number): string[] {
  return wrapText(text, tableWidth - indent).map((line) => ' '.repeat(indent) + line);
}

function aboutOf(tree: unknown): string {
  const { about } = tree as { readonly about?: unknown };
  return typeof about === 'string' ? plainText(about) : '';
}

function readTree(folder: LibraryFolder, name: string): unknown {
  const shown = `${folder}/${name}.yaml`;
  const read = readDocument(join(packageRoot(), folder, `${name}.yaml`), shown);
  if (read.ok) return read.document.tree;
  throw new UserError(formatMistakes(read.mistakes, shown).trimEnd(), { exitCode: read.exitCode });
}
