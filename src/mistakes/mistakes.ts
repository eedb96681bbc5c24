import type { Finding } from './finding.js';
import { messageText } from './messageText.js';
import type { Place } from './sourceText.js';

/** One mistake in an input file, with its place: what the user is shown. */
export interface Mistake {
  /** As the user named it, or relative to the working directory. */
  readonly file: string;
  /** From 1; 0 when the mistake is about the whole file. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Characters to underline. */
  readonly length: number;
  /** The line, control characters made harmless; a part of it when it is long. */
  readonly excerpt: string;
  /** Where the underline starts in the excerpt, from 0; without it: column − 1. */
  readonly caret?: number;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly severity: 'error' | 'warning';
  /** Stable name of the kind of mistake: E_… or W_… */
  readonly code: string;
}

/** Mistakes in what the command line sets (`--set`, `--seed`) are of this "file". */
export const setOption = '--set';

/** More mistakes of one file than this are counted, not listed. */
export const maxMistakesPerFile = 20;

/** Room for the names that are possible. */
const maxHintLength = 1500;

/** The mistakes found so far, over all files of an experiment. */
export interface MistakeList {
  /** Notes a finding; the same message at the same place is noted once. */
  add(place: Place, finding: Finding, severity?: 'error' | 'warning'): void;
  addAll(mistakes: readonly Mistake[]): void;
  hasErrors(): boolean;
  /** In the order of the files' first appearance, then of their lines. */
  sorted(severity?: 'error' | 'warning'): readonly Mistake[];
}

export function mistakeList(): MistakeList {
  const byIdentity = new Map<string, Mistake>();
  const fileOrder = new Map<string, number>();
  const note = (mistake: Mistake) => {
    const { file, line, column, message } = mistake;
    if (!fileOrder.has(file)) fileOrder.set(file, fileOrder.size);
    const identity = JSON.stringify([file, line, column, message]);
    if (!byIdentity.has(identity)) byIdentity.set(identity, mistake);
  };
  return {
    add: (place, finding, severity = 'error') => note(mistakeAt(place, finding, severity)),
    addAll: (mistakes) => mistakes.forEach(note),
    hasErrors: () => [...byIdentity.values()].some((mistake) => mistake.severity === 'error'),
    sorted: (severity) =>
      [...byIdentity.values()]
        .filter((mistake) => severity === undefined || mistake.severity === severity)
        .sort(
          (a, b) =>
            fileOrder.get(a.file)! - fileOrder.get(b.file)! ||
            a.line - b.line ||
            a.column - b.column,
        ),
  };
}

/** A mistake from what is wrong and where. Texts may quote what stands in a file. */
export function mistakeAt(
  place: Place,
  finding: Finding,
  severity: 'error' | 'warning' = 'error',
): Mistake {
  const { hint, code } = finding;
  const message = messageText(finding.message);
  return {
    ...place,
    message,
    ...(hint === undefined ? {} : { hint: messageText(hint, maxHintLength) }),
    severity,
    code,
  };
}
