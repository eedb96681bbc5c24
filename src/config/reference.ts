import type { z } from 'zod';
import { describeFound, inputSchema } from './inputSchema.js';

/** How a file names another: by its name in a library folder, or by a path relative to itself (`./mine.yaml`). */
export function reference(library: string): z.ZodType<string> {
  return filePath(`the name of a file in ${library}/, or a path that starts with ./`);
}

/** Text that can be a path. @param about what it names, with its article. */
export function filePath(about: string): z.ZodType<string> {
  const form = { name: '', about, json: { type: 'string', minLength: 1, maxLength: 1000 } };
  return inputSchema(form, (input, report) => {
    if (typeof input !== 'string' || input === '')
      return report({
        code: 'E_TYPE',
        message: `expected ${about}, found ${describeFound(input)}`,
      });
    if (input.length > 1000)
      return report({ code: 'E_LENGTH', message: 'a path has at most 1000 characters' });
    if (/[\u0000-\u001f\u007f-\u009f]/.test(input))
      return report({ code: 'E_CTRL', message: 'control characters are not allowed in a path' });
    return input;
  });
}

/** Whether a reference is a path, not a name in a library. */
export function isPath(written: string): boolean {
  return /^\.{0,2}[\\/]/.test(written) || /^[A-Za-z]:[\\/]/.test(written);
}
