import { exitCodes } from './exitCodes.js';
import { UserError } from './userError.js';

/** Writes results. What the disk refuses is the user's to solve. @param hint where else to write. */
export function tryWriting<Value>(write: () => Value, hint: string): Value {
  try {
    return write();
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === undefined) throw problem;
    throw new UserError(`the results could not be written: ${message}`, {
      hint,
      exitCode: exitCodes.fileAbsent,
    });
  }
}
