// Writes docs/validation.md: `INFLOW_DATA=<folder> npx tsx src/validation/writeValidation.ts [--accept]`.
// Without --accept the errors that later runs are compared with stay as they are. It also writes what a shipped profile says of
// its errors by model and precision, which `fitShipped.ts` leaves out.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileOf, profileFolder } from '../calibrate/profileParts.js';
import { dataFolder } from './dataFolder.js';
import { engineCheck } from './engineCheck.js';
import { heldOutErrors } from './heldOutErrors.js';
import { leaveOneModelOut } from './leaveOneModelOut.js';
import { linkErrors } from './linkErrors.js';
import { measuredCells } from './measuredCells.js';
import { validationCases } from './validationCases.js';
import { validationPage } from './validationPage.js';
import { validationSets } from './validationSets.js';
import { withCells } from './withCells.js';

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
for (const profile of new Set(sets.map((set) => set.profile))) {
  const file = fileOf(profile, '');
  const cells = measuredCells(profile, sets, heldOutErrors());
  writeFileSync(file, withCells(readFileSync(file, 'utf8'), cells));
}
