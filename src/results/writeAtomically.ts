import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './makeFolder.js';

/** Written in pieces of about this many characters, so that a large table is never one string. */
const pieceLength = 1 << 16;

/** Writes some of the bytes of a buffer from an offset on, and returns how many: as `writeSync`. */
type WriteSome = (file: number, bytes: Uint8Array, offset: number) => number;

/**
 * Writes a text file that is either there as a whole or not at all: into a temporary file beside it,
 * renamed when complete. A file that was there is replaced. Folders are made as needed.
 */
export function writeAtomically(
  path: string,
  parts: Iterable<string>,
  writeSome: WriteSome = writeSync,
): void {
  makeFolder(dirname(path));
  // Two processes have one number when each runs in a container of its own.
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'wx');
  try {
    try {
      writeParts(parts, (piece) => writeWhole(file, piece, writeSome));
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (problem) {
    rmSync(temporary, { force: true });
    throw problem;
  }
}

function writeParts(parts: Iterable<string>, write: (piece: string) => void): void {
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < pieceLength) continue;
    write(piece);
    piece = '';
  }
  write(piece);
}

/** A disk that is nearly full takes a part of what it is given and says so only by the count. */
function writeWhole(file: number, piece: string, writeSome: WriteSome): void {
  const bytes = Buffer.from(piece);
  for (let offset = 0; offset < bytes.length; ) {
    const taken = writeSome(file, bytes, offset);
    if (taken === 0) throw Object.assign(new Error('the disk takes no more'), { code: 'ENOSPC' });
    offset += taken;
  }
}
