import type { Law } from './law.js';
import { lawParts } from './lawParts.js';
import { lawTransform, simpleTransform, type Transform } from './lawTransform.js';

/** The value that a draw of this law is at or below with probability q (0 ≤ q < 1), trims included. */
export function lawQuantile(law: Law, q: number): number {
  if (law.kind !== 'mixture') return lawTransform(law)(q);
  const parts = lawParts(law).map((part) => {
    const { trim } = part;
    const drawn = simpleTransform(part.law);
    const quantile: Transform = trim ? (u) => trim(drawn(u)) : drawn;
    return { share: part.share, quantile };
  });
  const shareAtMost = (value: number) =>
    parts.reduce((sum, { share, quantile }) => sum + share * probabilityAtMost(quantile, value), 0);

  // Between the lowest and the highest q-quantile of the parts, down to neighbouring floats: so a value
  // that has a probability of its own is met exactly.
  let low = Math.min(...parts.map((part) => part.quantile(q)));
  let high = Math.max(...parts.map((part) => part.quantile(q)));
  if (shareAtMost(low) >= q) return low;
  for (;;) {
    const middle = low + 0.5 * (high - low);
    if (middle <= low || middle >= high) return high;
    if (shareAtMost(middle) >= q) high = middle;
    else low = middle;
  }
}

/** Probability of this value or a smaller one, to 2^-53: where the quantile function passes it. */
function probabilityAtMost(quantile: Transform, value: number): number {
  if (quantile(0) > value) return 0;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 53; step++) {
    const middle = 0.5 * (low + high);
    if (quantile(middle) <= value) low = middle;
    else high = middle;
  }
  return high;
}
