import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReadBytes } from './byteLines.js';

/** What a trace may inflate to: this many times its size (text like this compresses 3 to 20 times) … */
const maxInflateRatio = 200;
/** … or this many bytes where that is more, … */
const freeInflateBytes = 64 * 2 ** 20;
/** … and never more than this. */
const maxInflatedBytes = 2 ** 31;
/** Largest compressed file: it is inflated in memory. */
const maxCompressedBytes = 2 ** 30;

/** A trace file opened for reading, or why it was not. */
export type OpenedTrace =
  | { readonly ok: true; readonly read: ReadBytes; readonly close: () => void }
  | {
      readonly ok: false;
      readonly exitCode: 2 | 4;
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

/**
 * Opens a plain or gzip-compressed file (told by its first bytes, not by its name). Plain files are
 * read in pieces; compressed ones are inflated at once, within bounds.
 */
export function openTrace(file: string): OpenedTrace {
  try {
    // Asked before opening: opening a pipe would wait for its writer.
    if (!statSync(file).isFile()) return notRegular;
    const descriptor = openSync(file, 'r');
    if (!startsLikeGzip(descriptor)) {
      return { ok: true, read: fileReader(descriptor), close: () => closeSync(descriptor) };
    }
    closeSync(descriptor);
    const { size } = statSync(file);
    return size > maxCompressedBytes ? tooLarge(size) : inflate(readFileSync(file));
  } catch (error) {
    return unreadableTrace(error);
  }
}

function fileReader(descriptor: number): ReadBytes {
  let position = 0;
  return (target) => {
    const count = readSync(descriptor, target, 0, target.length, position);
    position += count;
    return count;
  };
}

function startsLikeGzip(descriptor: number): boolean {
  const magic = Buffer.alloc(2);
  return readSync(descriptor, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}

function inflate(compressed: Buffer): OpenedTrace {
  const allowed = Math.max(freeInflateBytes, maxInflateRatio * compressed.length);
  const maxOutputLength = Math.min(maxInflatedBytes, allowed);
  let inflated: Buffer;
  try {
    inflated = gunzipSync(compressed, { maxOutputLength });
  } catch (error) {
    if (errorCode(error) !== 'ERR_BUFFER_TOO_LARGE') return brokenGzip;
    const message = `the gzip file inflates to more than ${Math.floor(maxOutputLength / 2 ** 20)} MiB`;
    const hint = `At most ${maxInflateRatio} times its size is allowed; unpack the file first`;
    return { ok: false, exitCode: 2, code: 'E_LIMIT', message, hint };
  }
  let position = 0;
  const read: ReadBytes = (target) => {
    const count = inflated.copy(target, 0, position);
    position += count;
    return count;
  };
  return { ok: true, read, close: () => {} };
}

const notRegular: OpenedTrace = {
  ok: false,
  exitCode: 4,
  code: 'E_FILE',
  message: 'not a regular file',
  hint: 'Name a file; folders, pipes and devices are not read',
};

const brokenGzip: OpenedTrace = {
  ok: false,
  exitCode: 2,
  code: 'E_GZIP',
  message: 'the gzip file is cut or damaged',
  hint: 'Fetch it again; test it with: gzip -t',
};

function tooLarge(bytes: number): OpenedTrace {
  return {
    ok: false,
    exitCode: 2,
    code: 'E_LIMIT',
    message: `the gzip file has ${bytes} bytes, above the limit of ${maxCompressedBytes}`,
    hint: 'Unpack the file first: plain files are read in pieces',
  };
}

/** The refusal for an error of the file system. */
export function unreadableTrace(error: unknown): OpenedTrace & { readonly ok: false } {
  const code = errorCode(error);
  const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
  const message = isAbsent ? 'no such file' : `cannot be read (${code})`;
  const hint = 'Check the path, which is taken relative to the current folder, and its permissions';
  return { ok: false, exitCode: 4, code: isAbsent ? 'E_ABSENT' : 'E_FILE', message, hint };
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
