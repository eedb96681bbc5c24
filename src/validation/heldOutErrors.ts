import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { profileFolder } from '../calibrate/profileParts.js';

/** Errors of fits that did not see the points, by `profile | metric | cell`. */
export type HeldOut = Readonly<
  Record<
    string,
    {
      readonly axis: string;
      readonly count: number;
      readonly mean: number;
      readonly median: number;
    }
  >
>;

/** Where `fitShipped.ts` keeps the errors of fits that did not see what they predict. */
export const heldOutFile = join(dirname(profileFolder), 'docs/validation/held-out.json');

/** Those errors, as the last fits left them. */
export function heldOutErrors(): HeldOut {
  return existsSync(heldOutFile) ? JSON.parse(readFileSync(heldOutFile, 'utf8')) : {};
}
