import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { profileFolder } from '../calibrate/profileParts.js';
import type { HeldOut } from './validationPage.js';

/** Where `fitShipped.ts` keeps the errors of fits that did not see what they predict. */
export const heldOutFile = join(dirname(profileFolder), 'docs/validation/held-out.json');

/** Those errors, as the last fits left them. */
export function heldOutErrors(): HeldOut {
  return existsSync(heldOutFile) ? JSON.parse(readFileSync(heldOutFile, 'utf8')) : {};
}
