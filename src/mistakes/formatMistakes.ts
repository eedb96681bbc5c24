import { plainText } from '../format/plainText.js';
import { messageText } from './messageText.js';
import { type Mistake, maxMistakesPerFile, setOption } from './mistakes.js';

/**
 * The mistakes as the user reads them: grouped by file, each with its line and an underline, and last
 * how to go on. Warnings alone get no such last line.
 * @param checkAgain the file that the user gave, when `inflow validate` can check it.
 */
export function formatMistakes(mistakes: readonly Mistake[], checkAgain?: string): string {
  const byFile = new Map<string, Mistake[]>();
  for (const mistake of mistakes) {
    const ofFile = byFile.get(mistake.file);
    if (ofFile === undefined) byFile.set(mistake.file, [mistake]);
    else ofFile.push(mistake);
  }
  const blocks = [...byFile].map(([file, found]) => formatFile(file, found));
  const errors = mistakes.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) blocks.push(`nothing was run.  ${howToGoOn(errors, checkAgain)}\n`);
  return blocks.join('\n');
}

/** Files are checked without what the command line sets, so `inflow validate` would find nothing wrong there. */
function howToGoOn(errors: readonly Mistake[], checkAgain: string | undefined): string {
  if (errors.every(({ file }) => file === setOption))
    return `correct ${setOption} and give the same command again`;
  if (checkAgain === undefined) return 'correct the file and give the same command again';
  return `check again: inflow validate ${plainText(checkAgain)}`;
}

function formatFile(file: string, found: readonly Mistake[]): string {
  const errors = found.filter((mistake) => mistake.severity === 'error').length;
  const counts = [counted(errors, 'mistake'), counted(found.length - errors, 'warning')];
  const listed = found.slice(0, maxMistakesPerFile);
  const gutter = Math.max(4, ...listed.map((mistake) => String(mistake.line).length + 2));
  const lines = [
    `${plainText(file)} has ${counts.filter((part) => part !== '').join(' and ')}`,
    '',
  ];
  let lastShown = '';
  for (const mistake of listed) {
    const isSameLine = `${mistake.line} ${mistake.excerpt}` === lastShown;
    lines.push(...formatMistake(mistake, gutter, isSameLine));
    lastShown = `${mistake.line} ${mistake.excerpt}`;
  }
  if (found.length > listed.length)
    lines.push(`${' '.repeat(gutter)} … and ${found.length - listed.length} more`);
  return `${lines.join('\n')}\n`;
}

function formatMistake(mistake: Mistake, gutter: number, isSameLine: boolean): string[] {
  const { line, column, excerpt, caret = column - 1 } = mistake;
  const says = sentence(mistake);
  if (line === 0) return [`${' '.repeat(gutter)} ${says}`];
  const shown = excerpt.trimStart();
  const indent = excerpt.length - shown.length;
  const length = Math.max(1, Math.min(mistake.length, excerpt.length - caret));
  const underline = `${' '.repeat(Math.max(0, caret - indent))}${'^'.repeat(length)}`;
  const pointer = `${' '.repeat(gutter)} │ ${underline} ${says}`;
  return isSameLine ? [pointer] : [`${String(line).padStart(gutter)} │ ${shown}`, pointer];
}

function sentence({ severity, message, hint }: Mistake): string {
  // Names of mixes have been put before it.
  const text = messageText(message);
  const start = severity === 'warning' ? `warning: ${text}` : text;
  return hint === undefined ? start : `${start}. ${hint}`;
}

function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
