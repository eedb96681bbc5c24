import type { Law, LawKind } from './law.js';
import { trimOf } from './trim.js';

export type SimpleLaw = Exclude<LawKind, { kind: 'mixture' }>;

/** A share of a law in which one simple law rules. */
export interface LawPart {
  /** Shares of a law sum to 1. */
  readonly share: number;
  readonly law: SimpleLaw;
  /** All trims on the way out, innermost first; undefined: values are left as they are. */
  readonly trim: ((value: number) => number) | undefined;
}

/** Takes mixtures, and mixtures in mixtures, apart. Any other law is a single part. */
export function lawParts(law: Law): LawPart[] {
  const trim = trimOf(law);
  if (law.kind !== 'mixture') return [{ share: 1, law, trim }];
  const weights = law.parts.reduce((sum, part) => sum + part.weight, 0);
  return law.parts
    .filter((part) => part.weight > 0)
    .flatMap((part) =>
      lawParts(part.law).map((inner) => ({
        share: (part.weight / weights) * inner.share,
        law: inner.law,
        trim: composed(inner.trim, trim),
      })),
    );
}

function composed(first: LawPart['trim'], then: LawPart['trim']): LawPart['trim'] {
  if (!first || !then) return first ?? then;
  return (value) => then(first(value));
}
