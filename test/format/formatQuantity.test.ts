import { expect, test } from 'vitest';
import {
  formatDifference,
  formatFactor,
  formatMs,
  formatNumber,
  formatPrice,
  formatQuantity,
  formatRange,
  formatShare,
} from '../../src/format/formatQuantity.js';

test.each([
  [0, '0 ms'],
  [0.0123, '0.012 ms'],
  [0.0004, '<0.001 ms'],
  [0.9, '0.900 ms'],
  [9.994, '9.99 ms'],
  [9.996, '10.0 ms'],
  [312.4, '312 ms'],
  [999, '999 ms'],
  [1000, '1.00 s'],
  [119_000, '119 s'],
  [120_000, '2.00 min'],
  [7_200_000, '2.00 h'],
])('formatMs(%d) is %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [0.732, 'ratio', 0.004, '73.2 ± 0.4%'],
  [1.2, 'requestsPerSec', undefined, '1.20/s'],
  [12345.6, 'tokensPerSec', 40, '12,346 ± 40 tokens/s'],
  [0.00123, 'usd', 0.00002, '0.00123 ± 0.00002 USD'],
  [23.2, 'usdPerHour', undefined, '23.2 USD/h'],
  [1500, 'ms', 12, '1.50 ± 0.01 s'],
  [312, 'ms', 0.3, '312.0 ± 0.3 ms'],
  [312, 'ms', 0, '312 ± 0 ms'],
  [0.5389, 'ms', 0.00001, '0.539 ± <0.001 ms'],
  [312, 'ms', 0.001, '312.0 ± <0.1 ms'],
  [0.0000025, 'requests', 0.0000028, '<0.001'],
  [0.0000103, 'usd', 0, '0.0000103 ± 0 USD'],
  [-1.5, 'ms', undefined, '-1.50 ms'],
] as const)('formatQuantity(%d, %s, %d) is %s', (value, unit, halfWidth, text) => {
  expect(formatQuantity(value, unit, halfWidth)).toBe(text);
});

test('what is not there is a dash', () => {
  expect(formatQuantity(undefined, 'ms')).toBe('–');
  expect(formatQuantity(Number.NaN, 'ratio')).toBe('–');
});

test('formatRange(39, 60, ms) is 39.0–60.0 ms', () => {
  expect(formatRange(39, 60, 'ms')).toBe('39.0–60.0 ms');
});

test('formatNumber(1234567.891, 2) is 1,234,567.89', () => {
  expect(formatNumber(1234567.891, 2)).toBe('1,234,567.89');
});

test.each([
  [-2100, 'ms', 300, '−2.10 ± 0.30 s'],
  [0.056, 'ratio', 0.007, '+5.60 ± 0.70 points'],
  // Scaled by the larger of the two, with no digits that the uncertainty makes worthless.
  [12, 'ms', 4500, '+0.01 ± 4.50 s'],
  [-0.0001, 'requestsPerSec', 80, '0.0 ± 80.0/s'],
  [0, 'ms', 0, '0 ± 0 ms'],
  [-0.00133, 'usd', 0.00003, '−0.00133 ± 0.00003 USD'],
  [5, 'count', Number.NaN, '+5.00'],
  [Number.NaN, 'ms', 1, '–'],
] as const)('formatDifference(%d, %s, %d) is %s', (difference, unit, halfWidth, text) => {
  expect(formatDifference(difference, unit, halfWidth)).toBe(text);
});

test.each([
  [0.652, 0.04, '0.652 (0.612–0.692)'],
  [1.002, 0.0009, '1.0020 (1.0011–1.0029)'],
  [2, 0, '2.00 (2.00–2.00)'],
  [1.25, undefined, '1.25'],
  [Number.NaN, 1, '–'],
])('formatFactor(%d, %d) is %s', (factor, halfWidth, text) => {
  expect(formatFactor(factor, halfWidth)).toBe(text);
});

test('prices to the cent, shares in few digits', () => {
  expect(formatPrice(973.44)).toBe('973.44 USD/h');
  expect(formatPrice(46.2, 3.126)).toBe('46.20 ± 3.13 USD/h');
  expect([0.03, 0.026, 0.3].map(formatShare)).toEqual(['3%', '2.6%', '30%']);
});
