import type { Law } from '../../sim/laws/law.js';

/** The largest value that a law can give; Infinity where its tail has no end. */
export function lawMaximum(law: Law): number {
  const drawn = largestDraw(law) + (law.plus ?? 0);
  const rounded =
    law.round === 'down'
      ? Math.floor(drawn)
      : law.round === 'up'
        ? Math.ceil(drawn)
        : law.round === 'nearest'
          ? Math.round(drawn)
          : drawn;
  return Math.min(
    Math.max(rounded, law.atLeast ?? rounded),
    law.atMost ?? Number.POSITIVE_INFINITY,
  );
}

function largestDraw(law: Law): number {
  switch (law.kind) {
    case 'constant':
      return law.value;
    case 'uniform':
      return law.max;
    case 'zipf':
      return law.count;
    case 'empirical':
      return Math.max(...law.values.filter((_, index) => (law.weights?.[index] ?? 1) > 0));
    case 'mixture':
      return Math.max(
        ...law.parts.filter(({ weight }) => weight > 0).map((part) => lawMaximum(part.law)),
      );
    case 'lognormal':
      return law.sigma === 0 ? law.median : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
