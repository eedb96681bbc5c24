import { plainText } from '../format/plainText.js';
import { UserError } from './userError.js';

/** What `--vary` asks for: a place in the experiment, and the values that stand there one after the other. */
export interface Vary {
  readonly path: string;
  /** At least two, as they were written. */
  readonly values: readonly string[];
}

/** Reads `path=value,value,…`. */
export function readVary(written: string): Vary {
  const equals = written.indexOf('=');
  const path = written.slice(0, equals).trim();
  const values = written
    .slice(equals + 1)
    .split(',')
    .map((value) => value.trim());
  const isOnce = new Set(values).size === values.length;
  if (equals > 0 && values.length > 1 && isOnce && values.every((value) => value !== ''))
    return { path, values };
  throw new UserError(
    `--vary must be path=value,value,… with different values, found "${plainText(written)}"`,
    { hint: 'Such as --vary populations.developers.users=250,500,1000' },
  );
}
