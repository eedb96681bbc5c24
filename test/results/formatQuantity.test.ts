import { expect, test } from 'vitest';
import {
  formatMs,
  formatNumber,
  formatQuantity,
  formatRange,
} from '../../src/results/formatQuantity.js';

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
