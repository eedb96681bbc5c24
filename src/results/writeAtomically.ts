import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Written in pieces of about this many characters, so that a large table is never one string. */
const pieceLength = 1 << 16;

/**
 * Writes a text file that is either there as a whole or not at all: into a temporary file beside it,
 * renamed when complete. A file that was there is replaced. Folders are made as needed.
 */
export function writeAtomically(path: string, parts: Iterable<string>): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    let piece = '';
    for (const part of parts) {
      piece += part;
      if (piece.length < pieceLength) continue;
      writeSync(file, piece);
      piece = '';
    }
    writeSync(file, piece);
    closeSync(file);
    renameSync(temporary, path);
  } catch (problem) {
    rmSync(temporary, { force: true });
    throw problem;
  }
}
