import { type MistakeList, mistakeList } from '../mistakes/mistakes.js';
import type { Report } from './inputSchema.js';
import { type LibraryFolder, libraryNames, referencedFile, shownName } from './library.js';
import { mistakeOfMix } from './mergeMixMistakes.js';
import { type DocumentPath, readDocument, type SourceDocument } from './readDocument.js';
import { reportTo } from './reportTo.js';
import { unknownName } from './unknownName.js';

/** An experiment on its way from files to a scenario: what every step of it needs. */
export interface Loading {
  /** The experiment file. */
  readonly file: string;
  readonly document: SourceDocument;
  readonly mistakes: MistakeList;
  /** Notes a mistake in the experiment file. */
  readonly report: Report;
  /** Notes a warning about it. */
  readonly warn: Report;
  /** Names the mix, where the experiment has several, in what is said of it at a place that all of them share. */
  ofMix(message: string): string;
  /**
   * Reads the file that a value refers to. Undefined: there is none, or it is malformed; both are reported,
   * the one where it is named, the other inside it.
   */
  open(written: string, folder: LibraryFolder, path: DocumentPath): SourceDocument | undefined;
}

export function startLoading(
  file: string,
  document: SourceDocument,
  mistakes: MistakeList = mistakeList(),
  mix?: string,
): Loading {
  const report = reportTo(document, mistakes);
  const opened = new Map<string, SourceDocument | undefined>();
  return {
    ofMix: (message) => (mix === undefined ? message : mistakeOfMix(mix, message)),
    file,
    document,
    mistakes,
    report,
    warn: reportTo(document, mistakes, 'warning'),
    open(written, folder, path) {
      const target = referencedFile(written, folder, file);
      if (target === undefined) {
        const what = libraryWords[folder];
        return report(unknownName(what, written, libraryNames(folder), path));
      }
      if (!opened.has(target)) opened.set(target, openFile(target, path, report, mistakes));
      return opened.get(target);
    },
  };
}

const libraryWords: Readonly<Record<LibraryFolder, string>> = {
  workloads: 'workload',
  'hardware-profiles': 'hardware profile',
  'hardware-profiles/models': 'model',
};

function openFile(
  target: string,
  path: DocumentPath,
  report: Report,
  mistakes: MistakeList,
): SourceDocument | undefined {
  const read = readDocument(target, shownName(target));
  if (read.ok) return read.document;
  const [first] = read.mistakes;
  // What is wrong with the name is shown where it is named.
  if (first?.code === 'E_ABSENT' || first?.code === 'E_FILE') {
    const code = first.code === 'E_FILE' ? 'E_INCLUDE' : first.code;
    return report({ code, message: `${shownName(target)}: ${first.message}`, path });
  }
  mistakes.addAll(read.mistakes);
  return undefined;
}
