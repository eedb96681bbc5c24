import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import type { Mistake } from '../mistakes/mistakes.js';
import { mistakeAt } from '../mistakes/mistakes.js';
import { sourceText, wholeFile } from '../mistakes/sourceText.js';

export type TextFileResult =
  | { readonly ok: true; readonly text: string }
  /** 4: absent or unreadable; 2: it can be read, but is not what it must be. */
  | { readonly ok: false; readonly exitCode: 2 | 4; readonly mistakes: readonly Mistake[] };

/** No configuration file is longer. */
const maxFileBytes = 4_000_000;

/**
 * The text of an input file, read without trust: regular files only (a device never ends), at most 4 MB,
 * valid UTF-8 (a byte order mark is dropped), no control characters.
 * @param shownName the file as messages name it.
 */
export function readTextFile(path: string, shownName: string): TextFileResult {
  const refuse = (exitCode: 2 | 4, code: string, message: string): TextFileResult => ({
    ok: false,
    exitCode,
    mistakes: [mistakeAt(wholeFile(shownName), { code, message })],
  });
  const stats = statOf(path);
  if (typeof stats === 'string') return refuse(4, 'E_ABSENT', stats);
  if (!stats.isFile()) return refuse(4, 'E_FILE', 'not a regular file');
  if (stats.size > maxFileBytes)
    return refuse(2, 'E_SIZE', `longer than ${maxFileBytes / 1e6} MB, the limit for such a file`);
  const content = contentOf(path);
  if (content === undefined) return refuse(4, 'E_ABSENT', 'may not be read');
  const text = decoded(content);
  if (text === undefined) {
    const at = firstInvalidByte(content);
    return refuse(2, 'E_ENCODING', `invalid UTF-8 at byte ${at}: save the file as UTF-8`);
  }
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/.exec(text);
  if (control === null) return { ok: true, text };
  const name = `U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  const place = sourceText(shownName, text).placeOf(control.index, control.index + 1);
  const finding = { code: 'E_CTRL', message: `control character ${name} is not allowed` };
  return { ok: false, exitCode: 2, mistakes: [mistakeAt(place, finding)] };
}

function statOf(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
    return `cannot be read (${code ?? 'bad name'})`;
  }
}

function contentOf(path: string): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    const buffer = new Uint8Array(Math.min(stats.size, maxFileBytes));
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.subarray(0, length);
      length += count;
    }
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function decoded(content: Uint8Array, stream = false): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content, { stream });
  } catch {
    return undefined;
  }
}

/** The first byte that no valid text could have there, from 0. */
function firstInvalidByte(content: Uint8Array): number {
  let valid = 0;
  let invalid = content.length;
  while (valid + 1 < invalid) {
    const middle = (valid + invalid) >> 1;
    if (decoded(content.subarray(0, middle), true) === undefined) invalid = middle;
    else valid = middle;
  }
  return valid;
}
