import { hardwareProfileSchema } from '../config/hardwareProfileSchema.js';
import { isMapping, readPart } from '../config/inputSchema.js';
import { loadMixes } from '../config/loadMixes.js';
import { modelProfileSchema } from '../config/modelProfileSchema.js';
import { readDocument, type SourceDocument } from '../config/readDocument.js';
import { reportTo } from '../config/reportTo.js';
import { workloadSchema } from '../config/workloadSchema.js';
import { plainText } from '../format/plainText.js';
import { formatMistakes } from '../mistakes/formatMistakes.js';
import { type Mistake, mistakeList } from '../mistakes/mistakes.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import type { Terminal } from './terminal.js';

/** Kinds of files beside experiments, told apart by keys of which each must have one. */
const kinds = [
  { name: 'workload', keys: ['request', 'turn'], schema: workloadSchema },
  { name: 'model profile', keys: ['architecture'], schema: modelProfileSchema },
  { name: 'hardware profile', keys: ['power'], schema: hardwareProfileSchema },
] as const;

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
  const { tree } = document;
  const kind = isMapping(tree)
    ? kinds.find(({ keys }) => keys.some((key) => key in tree))
    : undefined;
  const isExperiment = kind === undefined || (isMapping(tree) && 'populations' in tree);
  return isExperiment ? validateExperiment(file) : validatePart(document, kind);
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

function validatePart(document: SourceDocument, { name, schema }: (typeof kinds)[number]): Finding {
  const mistakes = mistakeList();
  readPart<unknown>(schema, document.tree, [], reportTo(document, mistakes));
  if (mistakes.hasErrors()) {
    return { exitCode: exitCodes.usage, mistakes: mistakes.sorted(), lines: [] };
  }
  const lines = [`${document.file}: a valid ${name}`];
  return { exitCode: exitCodes.done, mistakes: mistakes.sorted(), lines };
}
