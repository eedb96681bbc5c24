import { orderStatisticInterval } from '../statistics/orderStatisticInterval.js';
import { samplesNeeded } from '../statistics/samplesNeeded.js';
import { tInterval } from '../statistics/tInterval.js';
import type { Distribution } from './distribution.js';
import type { MetricValue } from './summary.js';

/** A number with its evidence, before it is known what it is about. */
export type Estimate = Omit<MetricValue, 'metric' | 'subject' | 'quantile'>;

/**
 * The mean over replications of a number that each of them yields (NaN: this one has none), with its
 * t-interval. `samples` counts what is behind it over all replications.
 */
export function estimateMean(byReplication: readonly number[], samples: number): Estimate {
  const values = byReplication.filter((value) => !Number.isNaN(value));
  if (values.length === 0) return noEstimate;
  const { mean, halfWidth } = tInterval(values);
  const found = { value: mean, samples };
  if (values.length === 1) return { ...found, ...noInterval, ...oneReplication };
  const interval = { low: mean - halfWidth, high: mean + halfWidth };
  return { ...found, halfWidth, interval, doubt: undefined, note: undefined };
}

/**
 * A quantile over replications. Where each of them has 10/(1 − q) samples: the mean of their quantiles,
 * with its t-interval. Where only all together have as many, the quantile of one would be biased: then
 * that of the pooled samples, with an interval that covers both the t-interval and the order statistics.
 * `pool` gives all samples together; it is only asked when needed.
 */
export function estimateQuantile(
  byReplication: readonly Distribution[],
  pool: () => Distribution,
  q: number,
): Estimate {
  const samples = byReplication.reduce((total, { count }) => total + count, 0);
  if (samples === 0) return noEstimate;
  const needed = samplesNeeded(q);
  const filled = byReplication.filter((replication) => replication.count > 0);
  const each = estimateMean(
    filled.map((replication) => replication.quantile(q)),
    samples,
  );
  const isLong = filled.every((replication) => replication.count >= needed);
  if (isLong && filled.length > 1) return each;
  const pooled = filled.length > 1 ? pool() : filled[0]!;
  const value = pooled.quantile(q);
  if (samples < needed) {
    const note = `${quantileName(q)}: ${samples} of ${needed} samples`;
    return { value, samples, ...noInterval, doubt: 'tooFewSamples', note };
  }
  const interval = pooledInterval(pooled, q);
  if (filled.length === 1) return { value, samples, ...noInterval, interval, ...oneReplication };
  const halfWidth = each.halfWidth ?? 0;
  const low = Math.min(interval?.low ?? value, value - halfWidth);
  const high = Math.max(interval?.high ?? value, value + halfWidth);
  return {
    ...each,
    value,
    halfWidth: Math.max(value - low, high - value),
    interval: { low, high },
  };
}

/** 0.95 is `p95`, 0.999 is `p99.9`. */
export function quantileName(q: number): string {
  return `p${Math.round(q * 1e6) / 1e4}`;
}

/** Between which values the quantile lies, taking the samples as independent. */
function pooledInterval(pooled: Distribution, q: number): MetricValue['interval'] {
  const ranks = orderStatisticInterval(pooled.count, q);
  if (!ranks) return undefined;
  const last = pooled.count - 1;
  return {
    low: pooled.quantile(ranks.lowRank / last),
    high: pooled.quantile(ranks.highRank / last),
  };
}

const noInterval = { halfWidth: undefined, interval: undefined } as const;

const oneReplication = {
  doubt: 'oneReplication',
  note: 'one replication: no interval over runs',
} as const;

const noEstimate: Estimate = {
  value: undefined,
  samples: 0,
  ...noInterval,
  doubt: 'noSamples',
  note: 'nothing to measure',
};
