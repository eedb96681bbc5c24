import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { mistakeAt } from '../mistakes/mistakes.js';
import { MistakesFound } from '../mistakes/mistakesFound.js';
import { wholeFile } from '../mistakes/sourceText.js';

/** No file of measurements has more bytes when it is unpacked: all of it becomes one string. */
const maxBytes = 400_000_000;

/** The text of a file of measurements, plain or gzip-compressed, in UTF-8 without its byte order mark. */
export function measuredText(file: string): string {
  const refuse = (exitCode: 2 | 4, code: string, message: string): never => {
    throw new MistakesFound([mistakeAt(wholeFile(file), { code, message })], exitCode);
  };
  const raw = attempt(
    () => {
      const stats = statSync(file);
      if (!stats.isFile()) return refuse(4, 'E_FILE', 'not a regular file');
      if (stats.size > maxBytes) return refuse(2, 'E_SIZE', tooLong);
      return readFileSync(file);
    },
    (code) => {
      const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
      return refuse(4, 'E_ABSENT', isAbsent ? 'no such file' : `cannot be read (${code})`);
    },
  );
  const isPacked = raw[0] === 0x1f && raw[1] === 0x8b;
  const bytes = attempt(
    () => (isPacked ? gunzipSync(raw, { maxOutputLength: maxBytes }) : raw),
    (code) =>
      code === 'ERR_BUFFER_TOO_LARGE'
        ? refuse(2, 'E_SIZE', tooLong)
        : refuse(2, 'E_FILE', `broken gzip data (${code})`),
  );
  return attempt(
    () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    () => refuse(2, 'E_ENCODING', 'invalid UTF-8: save the file as UTF-8'),
  );
}

const tooLong = `longer than ${maxBytes / 1e6} MB, the limit for measurements`;

/** Only what the system refuses, which has a code, is the user's to solve. */
function attempt<Value>(work: () => Value, refused: (code: string) => Value): Value {
  try {
    return work();
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (typeof code !== 'string') throw problem;
    return refused(code);
  }
}
