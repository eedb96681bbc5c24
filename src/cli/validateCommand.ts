import { readPart } from '../config/inputSchema.js';
import { loadMixes } from '../config/loadMixes.js';
import { readDocument, type SourceDocument } from '../config/readDocument.js';
import { reportTo } from '../config/reportTo.js';
import { plainText } from '../format/plainText.js';
import { formatMistakes } from '../mistakes/formatMistakes.js';
import { type Mistake, mistakeList } from '../mistakes/mistakes.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { type PartKind, partKind } from './fileKind.js';
import type { Terminal } from './terminal.js';

/** What was found in one file. */
interface Finding {
  readonly exitCode: ExitCode;
  readonly mistakes: readonly Mistake[];
  /** Said when nothing is wrong. */
  readonly lines: readonly string[];
}

/** `inflow validate`: checks files of any kind without running anything. */
export function validateCommand(
  files: readonly string[],
  terminal: Pick<Terminal, 'answer' | 'say'>,
): ExitCode {
  let exitCode: ExitCode = exitCodes.done;
  for (const file of files) {
    const found = validateFile(file);
    if (found.mistakes.length > 0) terminal.say(formatMistakes(found.mistakes, file).trimEnd());
    for (const line of found.lines) terminal.answer(plainText(line));
    if (found.exitCode !== exitCodes.done && exitCode !== exitCodes.fileAbsent) {
      exitCode = found.exitCode;
    }
  }
  return exitCode;
}

function validateFile(file: string): Finding {
  const read = readDocument(file, file);
  if (!read.ok) return { exitCode: read.exitCode, mistakes: read.mistakes, lines: [] };
  const { document } = read;
  const kind = partKind(document.tree);
  return kind === undefined ? validateExperiment(file) : validatePart(document, kind);
}

/** Also the arithmetic before a run: what fits, and how much is asked. */
function validateExperiment(file: string): Finding {
  const result = loadMixes(file, { overrides: [], quick: false });
  if (!result.ok) return { exitCode: result.exitCode, mistakes: result.mistakes, lines: [] };
  const fit = result.mixes.flatMap(({ mix, fit }) => [
    ...(mix === undefined ? [] : [`  mix ${mix}`]),
    ...fit.map(({ text }) => `  ${text}`),
  ]);
  const lines = [`${file}: a valid experiment`, ...fit];
  return { exitCode: exitCodes.done, mistakes: result.warnings, lines };
}

function validatePart(document: SourceDocument, { name, schema }: PartKind): Finding {
  const mistakes = mistakeList();
  readPart(schema, document.tree, [], reportTo(document, mistakes));
  if (mistakes.hasErrors()) {
    return { exitCode: exitCodes.usage, mistakes: mistakes.sorted(), lines: [] };
  }
  const lines = [`${document.file}: a valid ${name}`];
  return { exitCode: exitCodes.done, mistakes: mistakes.sorted(), lines };
}
