import type { z } from 'zod';
import { normalQuantile } from '../../sim/kernel/normalQuantile.js';
import { portableExp } from '../../sim/kernel/portableExp.js';
import { portableLog } from '../../sim/kernel/portableLog.js';
import type { LawKind } from '../../sim/laws/law.js';
import type { Report } from './inputSchema.js';
import { numberSchema } from './numberSchema.js';

const quantileProbabilities = {
  median: 0.5,
  p1: 0.01,
  p5: 0.05,
  p10: 0.1,
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
} as const;

/** The keys of a lognormal law: median and sigma, mean and cv, or two quantiles. */
export function lognormalKeys(quantity: z.ZodType<number>): Record<string, z.ZodType> {
  const names = Object.keys(quantileProbabilities);
  return {
    ...Object.fromEntries(names.map((name) => [name, quantity.optional()])),
    sigma: numberSchema({ name: 'sigma', min: 0, max: 20, rangeCode: 'E_DIST' }).optional(),
    mean: quantity.optional(),
    cv: numberSchema({
      name: 'cv',
      min: 0,
      aboveMin: true,
      max: 1000,
      rangeCode: 'E_DIST',
    }).optional(),
  };
}

/** The lognormal law with these parameters, of which exactly two that fit together must be given. */
export function lognormalLaw(
  given: Readonly<Record<string, number | undefined>>,
  report: Report,
  path: readonly string[],
): LawKind | undefined {
  const names = Object.keys(given).filter((key) => given[key] !== undefined);
  const { median, sigma, mean, cv } = given;
  const refuse = (message: string) => report({ code: 'E_DIST', message, path });
  const incomplete = 'a lognormal law needs median and sigma, mean and cv, or two quantiles';
  if (names.length !== 2) return refuse(incomplete);
  if (median === 0 || mean === 0) return refuse('the median or mean must be greater than 0');
  if (sigma !== undefined)
    return median === undefined ? refuse(incomplete) : { kind: 'lognormal', median, sigma };
  if (mean !== undefined && cv !== undefined) {
    const variance = portableLog(1 + cv * cv);
    const median = mean * portableExp(-variance / 2);
    return { kind: 'lognormal', median, sigma: Math.sqrt(variance) };
  }
  const quantiles = Object.entries(quantileProbabilities)
    .filter(([name]) => names.includes(name))
    .sort(([, a], [, b]) => a - b);
  const [low, high] = quantiles;
  if (low === undefined || high === undefined) return refuse(incomplete);
  const [lowValue, highValue] = [given[low[0]]!, given[high[0]]!];
  if (low[1] === high[1] || lowValue <= 0 || highValue < lowValue)
    return refuse(`${low[0]} must be above 0 and not above ${high[0]}`);
  const lowScore = normalQuantile(low[1]);
  const spread = portableLog(highValue / lowValue) / (normalQuantile(high[1]) - lowScore);
  return { kind: 'lognormal', median: lowValue * portableExp(-lowScore * spread), sigma: spread };
}
