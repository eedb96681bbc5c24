import type { Law } from '../../sim/laws/law.js';
import { lawMean } from '../../sim/laws/lawMean.js';
import type { Report } from './inputSchema.js';
import type { DocumentPath } from './readDocument.js';

/** Warns of a law without a mean: averages over its draws never settle. */
export function checkHeavyTail(law: Law, path: DocumentPath, warn: Report): void {
  if (Number.isFinite(lawMean(law))) return;
  warn({
    code: 'W_DIST',
    message: `this law (${heaviest(law)}) has no finite mean: averages never settle`,
    path,
    hint: 'Add a max',
  });
}

function heaviest(law: Law): string {
  if (law.kind === 'pareto') return `pareto, alpha ${law.alpha}`;
  if (law.kind !== 'mixture') return law.kind;
  const part = law.parts.find((each) => !Number.isFinite(lawMean(each.law)));
  return part === undefined ? 'mixture' : heaviest(part.law);
}
