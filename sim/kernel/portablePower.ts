import { portableExp } from './portableExp.js';
import { portableLog } from './portableLog.js';

/**
 * base^exponent for base ≥ 0, the same on every machine. As exp(exponent · log base), so its relative
 * error grows with the size of the result: about 1e-16 · (1 + |log result|).
 */
export function portablePower(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  return portableExp(exponent * portableLog(base));
}
