import { type QuantityKind, quantity, type Unit } from './quantitySchema.js';

const minute: Unit = { power: 4, times: 6 };
const hour: Unit = { power: 5, times: 36 };
const day: Unit = { power: 5, times: 864 };
const durationUnits: Readonly<Record<string, Unit>> = {
  ns: { power: -6 },
  us: { power: -3 },
  µs: { power: -3 },
  ms: { power: 0 },
  s: { power: 3 },
  min: minute,
  h: hour,
  d: day,
};

/** 2^33 ms, 99 days: the range of the coarsest time grid. */
const clockRangeMs = 8_589_934_592;

const duration: QuantityKind = {
  name: 'a duration',
  examples: ['800ms', '1.5 s', '8h'],
  units: durationUnits,
  ambiguous: { m: ['min', 'ms'] },
  min: 0,
  max: clockRangeMs,
  bounds: { min: 'at least 0', max: 'within the range of the simulated clock (99 days)' },
  rangeCode: 'E_DURATION',
};

/** A duration in ms, 0 included: "800ms", "1.5 s", "30min", "8h". A bare number and "2m" are refused. */
export const durationMs = quantity('duration', duration);

/** A duration in ms above 0. */
export const positiveDurationMs = quantity('positiveDuration', {
  ...duration,
  aboveMin: true,
  bounds: { ...duration.bounds, min: 'longer than 0' },
});

const tokenUnits = withWords(
  {
    '': { power: 0 },
    k: { power: 3 },
    M: { power: 6 },
    Ki: { power: 0, times: 1024 },
    Mi: { power: 0, times: 1_048_576 },
  },
  ['tokens', 'token'],
);

/** A whole number of tokens up to 10^8: "900 tokens", "128k tokens", "15k", 900. k is 1,000; Ki is 1,024. */
export const tokens = quantity('tokens', {
  name: 'a number of tokens',
  examples: ['900 tokens', '128k tokens', '15k'],
  units: tokenUnits,
  ambiguous: { K: ['k', 'Ki'], 'K tokens': ['k tokens', 'Ki tokens'] },
  bare: true,
  whole: true,
  min: 0,
  max: 100_000_000,
  bounds: { min: 'at least 0', max: 'at most 100M tokens' },
  rangeCode: 'E_RANGE',
});

const byteUnits: Readonly<Record<string, Unit>> = {
  B: { power: 0 },
  kB: { power: 3 },
  KB: { power: 3 },
  MB: { power: 6 },
  GB: { power: 9 },
  TB: { power: 12 },
  PB: { power: 15 },
  KiB: { power: 0, times: 1024 },
  MiB: { power: 0, times: 1024 ** 2 },
  GiB: { power: 0, times: 1024 ** 3 },
  TiB: { power: 0, times: 1024 ** 4 },
};

/** Bytes: "141 GB" (decimal), "64 GiB" (binary). */
export const bytes = quantity('bytes', {
  name: 'an amount of memory',
  examples: ['141 GB', '64 GiB', '512 KiB'],
  units: byteUnits,
  ambiguous: {
    G: ['GB', 'GiB'],
    M: ['MB', 'MiB'],
    T: ['TB', 'TiB'],
    k: ['kB', 'KiB'],
    Gb: ['GB', 'GiB'],
  },
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  bounds: { min: 'at least 0', max: 'at most 9 PB' },
  rangeCode: 'E_RANGE',
});

/** Bytes per second, above 0: "4.8 TB/s", "64 GB/s". */
export const bytesPerSec = quantity('bytesPerSec', {
  ...positive('a bandwidth', ['4.8 TB/s', '64 GB/s'], 1e18, '1000 PB/s'),
  units: mapKeys(byteUnits, (unit) => `${unit}/s`),
  ambiguous: { 'Gb/s': ['GB/s', 'GiB/s'], Gbps: ['GB/s', 'GiB/s'] },
});

/** Dense operations per second, above 0: "989 TFLOPS", "1.98 PFLOPS". */
export const flopsPerSec = quantity('flopsPerSec', {
  ...positive('a compute rate', ['989 TFLOPS', '1.98 PFLOPS'], 1e21, '1000 EFLOPS'),
  units: {
    GFLOPS: { power: 9 },
    TFLOPS: { power: 12 },
    PFLOPS: { power: 15 },
    EFLOPS: { power: 18 },
    'GFLOP/s': { power: 9 },
    'TFLOP/s': { power: 12 },
    'PFLOP/s': { power: 15 },
    GOPS: { power: 9 },
    TOPS: { power: 12 },
    POPS: { power: 15 },
  },
});

const rate = {
  ...positive('a rate', ['0.2/s', '3/min', '500/h'], 1e6, '1000000/ms'),
  units: {
    '/ms': { power: 0 },
    '/s': { power: -3 },
    '/min': { power: -4, over: 6 },
    '/h': { power: -5, over: 36 },
    '/d': { power: -5, over: 864 },
  },
} satisfies QuantityKind;

/** Events per ms, above 0: "0.2/s", "3/min", "500/h". */
export const ratePerMs = quantity('ratePerMs', rate);

/** Events per ms, 0 included. */
export const ratePerMsOrNone = quantity('ratePerMsOrNone', {
  ...orNone(rate.name, rate.examples, rate.max, '1000000/ms'),
  units: rate.units,
});

/** Tokens per second, above 0: "5.3 tokens/s", "2k tokens/s". */
export const tokensPerSec = quantity('tokensPerSec', {
  ...positive('a token rate', ['50 tokens/s', '2k tokens/s'], 1e9, '1000M tokens/s'),
  units: mapKeys(
    { tokens: { power: 0 }, 'k tokens': { power: 3 }, 'M tokens': { power: 6 } },
    (unit) => `${unit}/s`,
  ),
});

/** USD: "0.40 USD". */
export const usd = quantity('usd', {
  ...orNone('a price', ['0.40 USD'], 1e12, '1000000000000 USD'),
  units: { USD: { power: 0 } },
});

/** USD per hour: "3.2 USD/h". */
export const usdPerHour = quantity('usdPerHour', {
  ...orNone('a price per hour', ['3.2 USD/h'], 1e9, '1000000000 USD/h'),
  units: { 'USD/h': { power: 0 }, 'USD/d': { power: 0, over: 24 } },
});

/** USD per million tokens: "0.60 USD/Mtok". */
export const usdPerMillionTokens = quantity('usdPerMillionTokens', {
  ...orNone('a price per million tokens', ['0.60 USD/Mtok'], 1e9, '1000000000 USD/Mtok'),
  units: { 'USD/Mtok': { power: 0 }, 'USD/M tokens': { power: 0 } },
});

/** Watts: "700 W", "1.2 kW". */
export const watts = quantity('watts', {
  ...orNone('a power', ['700 W', '1.2 kW'], 1e10, '10000 MW'),
  units: { W: { power: 0 }, kW: { power: 3 }, MW: { power: 6 } },
});

/** A share from 0 to 1: "60%" or 0.6. */
export const ratio = quantity('ratio', {
  name: 'a share',
  examples: ['60%', '0.6'],
  units: { '%': { power: -2 }, '': { power: 0 } },
  bare: true,
  min: 0,
  max: 1,
  bounds: { min: 'at least 0', max: 'at most 1 (100%)' },
  rangeCode: 'E_RANGE',
});

/** A relative error: "30%" or 0.3; above 1 where a time may be a multiple of what is predicted. */
export const relativeError = quantity('relativeError', {
  name: 'a relative error',
  examples: ['30%', '1.7'],
  units: { '%': { power: -2 }, '': { power: 0 } },
  bare: true,
  min: 0,
  max: 10,
  bounds: { min: 'at least 0', max: 'at most 10 (1000%)' },
  rangeCode: 'E_RANGE',
});

/** A plain number of things that a law may spread, 0 included: rounds, copies, tasks. */
export const count = quantity('count', plainNumber('a count', ['3', '1.5'], 1_000_000));

/** A plain amount, 0 included: what a price list of a model counts, such as seconds of audio. */
export const amount = quantity('amount', plainNumber('an amount', ['12', '0.5'], 1e9));

function plainNumber(name: string, examples: Examples, max: number) {
  const units = { '': { power: 0 } };
  const bounds = { min: 'at least 0', max: `at most ${max}` };
  return { name, examples, units, bare: true, min: 0, max, bounds, rangeCode: 'E_RANGE' };
}

type Examples = readonly [string, ...string[]];

/** @param most the maximum, as a file would write it. */
function positive(name: string, examples: Examples, max: number, most: string) {
  const bounds = { min: 'greater than 0', max: `at most ${most}` };
  return { name, examples, min: 0, aboveMin: true, max, bounds, rangeCode: 'E_RANGE' };
}

function orNone(name: string, examples: Examples, max: number, most: string) {
  const bounds = { min: 'at least 0', max: `at most ${most}` };
  return { name, examples, min: 0, max, bounds, rangeCode: 'E_RANGE' };
}

function withWords(units: Readonly<Record<string, Unit>>, words: readonly string[]) {
  const all: Record<string, Unit> = { ...units };
  for (const [prefix, unit] of Object.entries(units))
    for (const word of words) all[`${prefix} ${word}`.trim()] = unit;
  return all;
}

function mapKeys(units: Readonly<Record<string, Unit>>, rename: (unit: string) => string) {
  return Object.fromEntries(Object.entries(units).map(([unit, factor]) => [rename(unit), factor]));
}
