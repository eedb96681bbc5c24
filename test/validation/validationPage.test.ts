// docs/validation.md is what the measurements and this version of the simulator make it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { engineCheck } from '../../src/validation/engineCheck.js';
import { heldOutErrors } from '../../src/validation/heldOutErrors.js';
import { leaveOneModelOut } from '../../src/validation/leaveOneModelOut.js';
import { linkErrors } from '../../src/validation/linkErrors.js';
import { validationCases } from '../../src/validation/validationCases.js';
import { validationPage } from '../../src/validation/validationPage.js';
import { validationSets } from '../../src/validation/validationSets.js';
import { measuredData } from '../measuredData.js';

describe('docs/validation.md', () => {
  test('is up to date, and no error has grown by a tenth', { timeout: 300_000 }, (context) => {
    const file = measuredData(context, 'silicon_e2e/agg.csv.gz');
    const docs = new URL('../../docs/', import.meta.url);
    const folder = dirname(dirname(file));
    const sets = validationSets(folder);
    const batches = engineCheck(folder);
    const page = validationPage(
      sets,
      validationCases(),
      batches,
      heldOutErrors(),
      linkErrors(folder),
      leaveOneModelOut(),
    );
    const accepted: Record<string, number> = JSON.parse(
      readFileSync(new URL('validation/errors.json', docs), 'utf8'),
    );
    const grown = Object.entries(page.errors).filter(
      // Single figures near 0 may move by half a percent.
      ([name, error]) => error > 1.1 * (accepted[name] ?? 0) + 0.005,
    );
    expect(grown).toEqual([]);
    // Written anew by: npx tsx src/validation/writeValidation.ts
    expect(readFileSync(new URL('validation.md', docs), 'utf8')).toBe(page.text);
    for (const [name, plot] of page.plots) {
      expect(readFileSync(new URL(join('validation', name), docs), 'utf8')).toBe(plot);
    }
  });
});
