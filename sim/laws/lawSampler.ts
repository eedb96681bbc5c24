import type { Uniform } from '../kernel/random.js';
import type { Law } from './law.js';
import { lawTransform } from './lawTransform.js';

/**
 * Compiles a law into a sampler. Every sample of every law, constants and mixtures included, takes
 * exactly one uniform number: so two scenarios that differ in one law stay in step on all others.
 */
export function lawSampler(law: Law): (uniform: Uniform) => number {
  const transform = lawTransform(law);
  return (uniform) => transform(uniform());
}
