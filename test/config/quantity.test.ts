import { describe, expect, test } from 'vitest';
import {
  bytes,
  bytesPerSec,
  durationMs,
  flopsPerSec,
  ratePerMs,
  ratePerMsOrNone,
  ratio,
  tokens,
  tokensPerSec,
  usd,
  usdPerHour,
  usdPerMillionTokens,
  watts,
} from '../../src/config/quantity.js';
import { readWith } from './readWith.js';

const quantities = {
  bytes,
  bytesPerSec,
  durationMs,
  flopsPerSec,
  ratePerMs,
  ratePerMsOrNone,
  ratio,
  tokens,
  tokensPerSec,
  usd,
  usdPerHour,
  usdPerMillionTokens,
  watts,
};

describe('quantities are read into their base unit, exactly', () => {
  test.each<[keyof typeof quantities, unknown, number]>([
    ['durationMs', '800ms', 800],
    ['durationMs', '1.5 s', 1500],
    ['durationMs', '1.1s', 1100],
    ['durationMs', '8h', 28_800_000],
    ['durationMs', '1d', 86_400_000],
    ['durationMs', '30min', 1_800_000],
    ['durationMs', '5us', 0.005],
    ['durationMs', '23.3ns', 0.0000233],
    ['durationMs', '1e3 ms', 1000],
    ['durationMs', '0ms', 0],
    ['tokens', '900 tokens', 900],
    ['tokens', '128k tokens', 128_000],
    ['tokens', '15k', 15_000],
    ['tokens', '128Ki', 131_072],
    ['tokens', '1.5k', 1500],
    ['tokens', 900, 900],
    ['bytes', '141 GB', 141e9],
    ['bytes', '64 GiB', 68_719_476_736],
    ['bytesPerSec', '4.8 TB/s', 4.8e12],
    ['bytesPerSec', '21 PB/s', 21e15],
    ['flopsPerSec', '989 TFLOPS', 989e12],
    ['ratePerMs', '0.2/s', 0.0002],
    ['ratePerMs', '3/min', 0.00005],
    ['ratePerMs', '18/h', 0.000005],
    ['ratePerMsOrNone', '0/s', 0],
    ['tokensPerSec', '5.3 tokens/s', 5.3],
    ['usd', '0.40 USD', 0.4],
    ['usdPerHour', '3.2 USD/h', 3.2],
    ['watts', '1.2 kW', 1200],
    ['ratio', '60%', 0.6],
    ['ratio', 0.6, 0.6],
    ['ratio', '2.6%', 0.026],
  ])('%s %j is %d', (name, input, value) => {
    expect(quantities[name].parse(input)).toBe(value);
  });
});

describe('what can be read in two ways is refused with both', () => {
  test.each<[keyof typeof quantities, unknown, string, string]>([
    ['durationMs', 800, 'a duration needs its unit', 'Write 800ms or 800s'],
    ['durationMs', '800', 'a duration needs its unit', 'Write 800ms or 800s'],
    ['durationMs', '2m', '"m" can be read in two ways', 'Write 2min or 2ms'],
    ['tokens', '128K', '"K" can be read in two ways', 'Write 128k or 128 Ki'],
    ['bytes', '3 Gb', '"Gb" can be read in two ways', 'Write 3 GB or 3 GiB'],
    [
      'durationMs',
      '1:30',
      '1:30 can be hours and minutes or minutes and seconds',
      'Write one number with its unit, such as 90min or 90s',
    ],
    ['ratePerMs', 2, 'a rate needs its unit', 'Write 2/s or 2/min or 2/h'],
  ])('%s %j', (name, input, message, hint) => {
    expect(readWith(quantities[name], input).findings).toEqual([
      { code: 'E_UNIT', path: [], message, hint },
    ]);
  });
});

describe('what is no such quantity is refused', () => {
  test.each<[keyof typeof quantities, unknown, string, string]>([
    ['durationMs', '-3s', 'E_DURATION', 'a duration must be at least 0, found -3s'],
    ['durationMs', '-0s', 'E_DURATION', 'a duration must be at least 0, found -0s'],
    ['durationMs', Number.NaN, 'E_NUMBER', 'a duration must be a finite number'],
    [
      'durationMs',
      'soon',
      'E_UNIT',
      'expected a duration such as 800ms or 1.5 s, found text "soon"',
    ],
    ['durationMs', '5 minutes', 'E_UNIT', '"minutes" is not a unit of a duration'],
    ['durationMs', '0x10ms', 'E_UNIT', '"x10ms" is not a unit of a duration'],
    [
      'durationMs',
      'NaN ms',
      'E_UNIT',
      'expected a duration such as 800ms or 1.5 s, found text "NaN ms"',
    ],
    [
      'durationMs',
      '1e999s',
      'E_DURATION',
      'a duration must be within the range of the simulated clock (99 days), found 1e999s',
    ],
    ['durationMs', true, 'E_TYPE', 'expected a duration such as 800ms or 1.5 s, found true'],
    ['durationMs', null, 'E_TYPE', 'expected a duration such as 800ms or 1.5 s, found nothing'],
    ['durationMs', [], 'E_TYPE', 'expected a duration such as 800ms or 1.5 s, found a list'],
    ['tokens', '1.5 tokens', 'E_NUMBER', 'a number of tokens must be whole, found 1.5 tokens'],
    ['tokens', '101M', 'E_RANGE', 'a number of tokens must be at most 100M tokens, found 101M'],
    ['ratePerMs', '0/s', 'E_RANGE', 'a rate must be greater than 0, found 0/s'],
    ['ratio', '101%', 'E_RANGE', 'a share must be at most 1 (100%), found 101%'],
    ['ratio', -0, 'E_RANGE', 'a share must be at least 0, found -0'],
    ['usdPerHour', '-1 USD/h', 'E_RANGE', 'a price per hour must be at least 0, found -1 USD/h'],
    ['ratePerMsOrNone', '-1/s', 'E_RANGE', 'a rate must be at least 0, found -1/s'],
    [
      'bytes',
      'constructor',
      'E_UNIT',
      'expected an amount of memory such as 141 GB or 64 GiB, found text "constructor"',
    ],
    ['bytes', '1 constructor', 'E_UNIT', '"constructor" is not a unit of an amount of memory'],
  ])('%s %j', (name, input, code, message) => {
    expect(readWith(quantities[name], input).findings).toMatchObject([{ code, message }]);
  });
});

test.each<[keyof typeof quantities, string]>([
  ['bytesPerSec', '1000 PB/s'],
  ['flopsPerSec', '1000 EFLOPS'],
  ['ratePerMs', '1000000/ms'],
  ['ratePerMsOrNone', '1000000/ms'],
  ['tokensPerSec', '1000M tokens/s'],
  ['usd', '1000000000000 USD'],
  ['usdPerHour', '1000000000 USD/h'],
  ['usdPerMillionTokens', '1000000000 USD/Mtok'],
  ['watts', '10000 MW'],
])('the maximum that a message names is the largest %s: %s', (name, most) => {
  expect(readWith(quantities[name], most).findings).toEqual([]);
  const more = most.replace('1', '2');
  expect(readWith(quantities[name], more).findings).toMatchObject([
    { message: expect.stringMatching(`must be at most ${most}, found ${more}$`) },
  ]);
});
