import type { MetricUnit } from '../../sim/metrics/metricDefinition.js';

/** A number scaled for reading: `value · factor` is printed, followed by `suffix`. */
interface Scale {
  readonly factor: number;
  readonly suffix: string;
}

/**
 * A value with its unit, and ± its half-width in the same unit: `312 ± 14 ms`, `73.2 ± 0.4%`, `11.9/s`.
 * Three significant digits, down to 0.001 (USD: to 0.0000001); undefined is a dash.
 */
export function formatQuantity(
  value: number | undefined,
  unit: MetricUnit,
  halfWidth?: number | undefined,
): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  const { factor, suffix } = scaleFor(value, unit);
  const most = mostDecimals(unit);
  const scaled = value * factor;
  const decimals = Math.min(most, decimalsFor(scaled));
  if (isLost(scaled, decimals)) return `<${formatNumber(smallest(decimals), decimals)}${suffix}`;
  if (halfWidth === undefined || Number.isNaN(halfWidth)) {
    return formatNumber(scaled, decimals) + suffix;
  }
  const half = halfWidth * factor;
  if (half === 0) return `${formatNumber(scaled, decimals)} ± 0${suffix}`;
  // One more digit saves a small half-width from being printed as 0.
  const shown = Math.min(most, decimals + (isLost(half, decimals) ? 1 : 0));
  const error = isLost(half, shown) ? `<${smallest(shown)}` : formatNumber(half, shown);
  return `${formatNumber(scaled, shown)} ± ${error}${suffix}`;
}

/** A range with its unit: `290–335 ms`. */
export function formatRange(low: number, high: number, unit: MetricUnit): string {
  const { factor, suffix } = scaleFor(high, unit);
  const decimals = Math.min(mostDecimals(unit), decimalsFor(low * factor));
  return `${formatNumber(low * factor, decimals)}–${formatNumber(high * factor, decimals)}${suffix}`;
}

/** A difference with its sign, and ± its half-width: `−2.10 ± 0.30 s`; of shares in points: `+5.6 ± 0.7 points`. */
export function formatDifference(
  difference: number,
  unit: MetricUnit,
  halfWidth: number | undefined,
): string {
  if (Number.isNaN(difference)) return '–';
  const half = halfWidth === undefined || Number.isNaN(halfWidth) ? undefined : halfWidth;
  // An uncertain difference needs no more digits than its uncertainty.
  const size = Math.max(Math.abs(difference), half ?? 0);
  const scale = scaleFor(size, unit);
  const { factor } = scale;
  const suffix = unit === 'ratio' ? ' points' : scale.suffix;
  const decimals = Math.min(mostDecimals(unit), decimalsFor(size * factor));
  const shown = formatNumber(Math.abs(difference) * factor, decimals);
  const isZero = Number(shown.replaceAll(',', '')) === 0;
  const sign = isZero ? '' : difference < 0 ? '−' : '+';
  if (half === undefined) return `${sign}${shown}${suffix}`;
  return `${sign}${shown} ± ${half === 0 ? '0' : formatNumber(half * factor, decimals)}${suffix}`;
}

/** A share in as few digits as it takes: `3%`, `2.6%`. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}

/** A price to the cent, as people sign it: `973.44 USD/h`; ± its half-width. */
export function formatPrice(usdPerHour: number, halfWidth?: number | undefined): string {
  const isUncertain = halfWidth !== undefined && !Number.isNaN(halfWidth);
  const error = isUncertain ? ` ± ${formatNumber(halfWidth, 2)}` : '';
  return `${formatNumber(usdPerHour, 2)}${error} USD/h`;
}

/** How many times as large, with its 95% range: `0.652 (0.610–0.694)`. */
export function formatFactor(factor: number, halfWidth: number | undefined): string {
  if (!Number.isFinite(factor)) return '–';
  const isUncertain = halfWidth !== undefined && !Number.isNaN(halfWidth);
  // A narrow range needs digits of its own: 1.0020 (1.0011–1.0029).
  const ofRange = isUncertain && halfWidth > 0 ? decimalsFor(halfWidth) - 2 : 0;
  const decimals = Math.min(4, Math.max(decimalsFor(factor), ofRange));
  const shown = formatNumber(factor, decimals);
  if (!isUncertain) return shown;
  const ends = [factor - halfWidth, factor + halfWidth].map((end) => formatNumber(end, decimals));
  return `${shown} (${ends.join('–')})`;
}

/** A duration: `82.1 ms`, `3.12 s`, `2.50 min`, `8.00 h`. */
export function formatMs(ms: number): string {
  return formatQuantity(ms, 'ms');
}

/** A whole or decimal number with thousands separators, the same in every locale: `12,345.6`. */
export function formatNumber(value: number, decimals: number): string {
  const fixed = value.toFixed(decimals);
  const [whole = '', fraction] = fixed.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function scaleFor(value: number, unit: MetricUnit): Scale {
  if (unit === 'ms') return durationScale(Math.abs(value));
  if (unit === 'bytesPerSec') return { factor: 1e-9, suffix: suffixes[unit] };
  return { factor: unit === 'ratio' ? 100 : 1, suffix: suffixes[unit] };
}

function durationScale(ms: number): Scale {
  if (ms < 1000) return { factor: 1, suffix: ' ms' };
  if (ms < 120_000) return { factor: 1 / 1000, suffix: ' s' };
  if (ms < 7_200_000) return { factor: 1 / 60_000, suffix: ' min' };
  return { factor: 1 / 3_600_000, suffix: ' h' };
}

const suffixes: Readonly<Record<Exclude<MetricUnit, 'ms'>, string>> = {
  ratio: '%',
  requestsPerSec: '/s',
  tokensPerSec: ' tokens/s',
  bytesPerSec: ' GB/s',
  sequences: '',
  requests: '',
  contexts: '',
  count: '',
  tokens: ' tokens',
  perHour: '/h',
  minutesPerHour: ' min/h',
  usd: ' USD',
  usdPerHour: ' USD/h',
};

/** Would be printed as 0 without being it. */
function isLost(value: number, decimals: number): boolean {
  return value !== 0 && Number(value.toFixed(decimals)) === 0;
}

/** The smallest number with so many decimals. */
function smallest(decimals: number): number {
  return Number(`1e-${decimals}`);
}

function mostDecimals(unit: MetricUnit): number {
  return unit === 'usd' ? 7 : 3;
}

/** Decimals that leave three significant digits. Zero needs none. */
function decimalsFor(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 99.95) return 0;
  if (size >= 9.995) return 1;
  if (size >= 0.9995) return 2;
  let decimals = 3;
  for (let bound = 0.09995; size < bound && decimals < 7; bound /= 10) decimals++;
  return decimals;
}
