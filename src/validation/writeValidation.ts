// Writes docs/validation.md: `INFLOW_DATA=<folder> npx tsx src/validation/writeValidation.ts [--accept]`.
// Without --accept the errors that later runs are compared with stay as they are.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { profileFolder } from '../calibrate/profileParts.js';
import { dataFolder } from './dataFolder.js';
import { engineCheck } from './engineCheck.js';
import { heldOutErrors } from './heldOutErrors.js';
import { leaveOneModelOut } from './leaveOneModelOut.js';
import { linkErrors } from './linkErrors.js';
import { validationCases } from './validationCases.js';
import { validationPage } from './validationPage.js';
import { validationSets } from './validationSets.js';

const docs = join(dirname(profileFolder), 'docs');
const sets = validationSets(dataFolder());
const page = validationPage(
  sets,
  validationCases(),
  engineCheck(dataFolder()),
  heldOutErrors(),
  linkErrors(dataFolder()),
  leaveOneModelOut(),
);
mkdirSync(join(docs, 'validation'), { recursive: true });
writeFileSync(join(docs, 'validation.md'), page.text);
for (const [name, plot] of page.plots) writeFileSync(join(docs, 'validation', name), plot);
if (process.argv.includes('--accept')) {
  const file = join(docs, 'validation/errors.json');
  writeFileSync(file, `${JSON.stringify(page.errors, null, 2)}\n`);
}
