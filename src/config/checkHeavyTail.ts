import type { Law } from '../../sim/laws/law.js';
import type { Report } from './inputSchema.js';
import type { DocumentPath } from './readDocument.js';

/** Warns of a law without a finite mean: averages over its draws never settle. */
export function checkHeavyTail(law: Law, path: DocumentPath, warn: Report): void {
  const alpha = endlessTail(law);
  if (alpha === undefined) return;
  warn({
    code: 'W_DIST',
    message: `this law (pareto, alpha ${alpha}) has no finite mean: averages never settle`,
    path,
    hint: 'Add a max',
  });
}

/** The exponent of a Pareto law that nothing caps and whose mean is infinite: alpha up to 1. */
function endlessTail(law: Law): number | undefined {
  if (law.atMost !== undefined) return undefined;
  if (law.kind === 'pareto') return law.alpha <= 1 ? law.alpha : undefined;
  if (law.kind !== 'mixture') return undefined;
  const drawn = law.parts.filter(({ weight }) => weight > 0);
  return drawn.map((part) => endlessTail(part.law)).find((alpha) => alpha !== undefined);
}
