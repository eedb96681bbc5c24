import { dirname, resolve } from 'node:path';
import { type Mistake, mistakeList } from '../mistakes/mistakes.js';
import { isMapping } from './inputSchema.js';
import { type DocumentResult, readDocument, type SourceDocument } from './readDocument.js';
import { filePath } from './reference.js';
import { reportTo } from './reportTo.js';

const path = filePath('an experiment file');

/**
 * The document with all top-level keys of the experiment that its `extends:` names, but for those that it has
 * itself: these replace the others as a whole. Mistakes are shown in the file where they were written.
 */
export function extendedDocument(document: SourceDocument): DocumentResult {
  const { tree } = document;
  if (!isMapping(tree) || !Object.hasOwn(tree, 'extends')) return { ok: true, document };
  const parsed = path.safeParse(tree['extends']);
  // Told with all other mistakes, when its keys are read.
  if (!parsed.success) return { ok: true, document };
  const target = resolve(dirname(document.file), parsed.data);
  const read = readDocument(target, shownBeside(document.file, parsed.data));
  if (!read.ok) return read;
  const base = read.document;
  if (!isMapping(base.tree)) return read;
  if (Object.hasOwn(base.tree, 'extends'))
    return {
      ok: false,
      exitCode: 2,
      mistakes: [chained(base)],
    };
  const { extends: _base, ...own } = tree;
  return {
    ok: true,
    document: {
      file: document.file,
      tree: Object.assign(Object.create(null), base.tree, own),
      locate: (at, atKey) => {
        const isOwn = at.length === 0 || Object.hasOwn(own, at[0]!);
        return isOwn || !Object.hasOwn(base.tree as object, at[0]!)
          ? document.locate(at, atKey)
          : base.locate(at, atKey);
      },
    },
  };
}

/** How messages name the extended file: as the path that leads there. */
function shownBeside(file: string, written: string): string {
  const folder = dirname(file);
  const plain = written.replace(/^\.\//, '');
  return folder === '.' ? plain : `${folder}/${plain}`;
}

function chained(base: SourceDocument): Mistake {
  const mistakes = mistakeList();
  reportTo(
    base,
    mistakes,
  )({
    code: 'E_LIMIT',
    message: 'an experiment that others extend extends none itself',
    path: ['extends'],
    atKey: true,
  });
  return mistakes.sorted()[0]!;
}
