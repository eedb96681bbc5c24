import { plainLines } from '../format/plainLines.js';
import { type Paints, paints } from '../results/paints.js';
import { exitCodes } from './exitCodes.js';

/** Where a command talks: the answer to `answer`, everything else to `say`. */
export interface Terminal {
  /** Writes to stdout, with a line break at the end. */
  answer(text: string): void;
  /** Writes to stderr, with a line break at the end. What could steer the terminal or a CI is taken out. */
  say(text: string): void;
  /** Replaces the last line on stderr when it is a terminal; otherwise does nothing. Empty: clears it. */
  showProgress(line: string): void;
  /** Columns of stderr. */
  readonly columns: number;
  /** Colours of stdout. */
  readonly paint: Paints;
}

/**
 * The terminal of this process. A reader that goes away (`| head`) ends it quietly: with exit code 4 when there
 * was more to do. Where else nothing can be written, as on a full disk, it ends with a line and 4.
 */
export function processTerminal(): Terminal {
  process.stdout.on('error', endUnwritten);
  process.stderr.on('error', endUnwritten);
  let isShowing = false;
  const clear = () => {
    if (isShowing) process.stderr.write('\r\u001b[K');
    isShowing = false;
  };
  return {
    answer: (text) => {
      clear();
      process.stdout.write(`${text}\n`);
    },
    say: (text) => {
      clear();
      process.stderr.write(`${plainLines(text)}\n`);
    },
    showProgress: (line) => {
      if (!process.stderr.isTTY) return;
      clear();
      process.stderr.write(line);
      isShowing = line !== '';
    },
    columns: process.stderr.columns ?? 80,
    paint: paints(hasColours()),
  };
}

/** NO_COLOR is respected whatever its value (no-color.org). */
function hasColours(): boolean {
  return (
    process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
  );
}

function endUnwritten({ code, message }: NodeJS.ErrnoException): void {
  if (code !== 'EPIPE') {
    process.stderr.write(`the output could not be written: ${message}\n`);
    process.exit(exitCodes.fileAbsent);
  }
  // A command that has nothing left to wait for says its own exit code first.
  setImmediate(() => process.exit(process.exitCode ?? exitCodes.fileAbsent));
}
