import { describe, expect, test } from 'vitest';
import { portableCbrt } from '../../sim/kernel/portableCbrt.js';
import { portableCos } from '../../sim/kernel/portableCos.js';
import { portableExp } from '../../sim/kernel/portableExp.js';
import { portableLog } from '../../sim/kernel/portableLog.js';
import { portableLogGamma } from '../../sim/kernel/portableLogGamma.js';
import { portablePower } from '../../sim/kernel/portablePower.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { ulpDistance } from './ulpDistance.js';
import { anyPositive, worstUlp } from './worstUlp.js';

const count = 200_000;
const edges = [
  0,
  -0,
  1,
  -1,
  2,
  0.5,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1e-300,
  1e300,
  1.7976931348623157e308,
  Infinity,
  -Infinity,
  NaN,
  1 + 2 ** -52,
  1 - 2 ** -53,
];

describe('portableLog', () => {
  test.each([
    ['all positive floats', anyPositive],
    ['uniform numbers', (u: () => number) => () => 1 - u()],
    ['numbers around 1', (u: () => number) => () => 0.5 + u()],
  ])('is within 1 ulp of Math.log for %s', (name, source) => {
    const argument = source(randomStreams('log')(name));
    expect(worstUlp(portableLog, Math.log, argument, count).ulp).toBeLessThanOrEqual(1);
  });

  test.each(edges)('agrees with Math.log at %d', (x) => {
    expect(ulpDistance(portableLog(x), Math.log(x))).toBeLessThanOrEqual(1);
  });

  test('never falls as its argument rises by one float', () => {
    const uniform = randomStreams('log')('rising');
    let falls = 0;
    for (let i = 0; i < count; i++) {
      const x = 0.7 + 0.8 * uniform();
      if (portableLog(x + 2 ** -52) < portableLog(x)) falls++;
    }
    expect(falls).toBe(0);
  });

  test('keeps its bits: these are the values on every machine', () => {
    expect([0.2, 0.7, 3, 1e-9, 123456.789].map(portableLog)).toEqual([
      -1.6094379124341003, -0.35667494393873245, 1.0986122886681096, -20.72326583694641,
      11.723646487185881,
    ]);
  });
});

describe('portableExp', () => {
  test.each([
    ['the whole range, subnormal results included', 1500],
    ['arguments up to 2', 4],
    ['tiny arguments', 1e-7],
  ])('is within 1 ulp of Math.exp for %s', (name, width) => {
    const uniform = randomStreams('exp')(name);
    const worst = worstUlp(portableExp, Math.exp, () => (uniform() - 0.5) * width, count);
    expect(worst.ulp).toBeLessThanOrEqual(1);
  });

  test.each([
    ...edges,
    709.782712893384,
    709.7827128933841,
    -745.1332191019411,
    -745.1332191019412,
  ])('agrees with Math.exp at %d', (x) =>
    expect(ulpDistance(portableExp(x), Math.exp(x))).toBeLessThanOrEqual(1),
  );

  test('keeps its bits: these are the values on every machine', () => {
    expect([-20, -0.3, 0.1, 2, 300].map(portableExp)).toEqual([
      2.061153622438558e-9, 0.7408182206817179, 1.1051709180756477, 7.38905609893065,
      1.9424263952412558e130,
    ]);
  });
});

describe('portableCbrt', () => {
  test('is within 1 ulp of Math.cbrt for all floats of both signs', () => {
    const argument = anyPositive(randomStreams('cbrt')('size'));
    expect(worstUlp(portableCbrt, Math.cbrt, argument, count).ulp).toBeLessThanOrEqual(1);
    const negative = () => -argument();
    expect(worstUlp(portableCbrt, Math.cbrt, negative, count).ulp).toBeLessThanOrEqual(1);
  });

  test.each(edges)('agrees with Math.cbrt at %d', (x) => {
    expect(ulpDistance(portableCbrt(x), Math.cbrt(x))).toBeLessThanOrEqual(1);
  });

  test('is exact for cubes of whole numbers up to 1,000', () => {
    const wrong = Array.from({ length: 1001 }, (_, n) => n).filter(
      (n) => portableCbrt(n * n * n) !== n,
    );
    expect(wrong).toEqual([]);
  });
});

describe('portableCos', () => {
  test.each([
    ['one turn', 6.3],
    ['a year of days', 2300],
    ['its whole range', 1e6],
  ])('is within 2e-16 of Math.cos over %s', (name, limit) => {
    const uniform = randomStreams('cos')(name);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const x = (2 * uniform() - 1) * limit;
      worst = Math.max(worst, Math.abs(portableCos(x) - Math.cos(x)));
    }
    expect(worst).toBeLessThan(2e-16);
  });

  test('is 1 at 0 and NaN where there is no angle', () => {
    expect(portableCos(0)).toBe(1);
    expect(portableCos(Number.NaN)).toBeNaN();
    expect(portableCos(Number.POSITIVE_INFINITY)).toBeNaN();
  });
});

describe('portablePower', () => {
  test('agrees with ** to 1e-13 for results from 1e-30 to 1e30', () => {
    const uniform = randomStreams('power')('pairs');
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const base = Math.exp(20 * uniform() - 10);
      const exponent = 6.9 * (2 * uniform() - 1);
      const exact = base ** exponent;
      worst = Math.max(worst, Math.abs(portablePower(base, exponent) / exact - 1));
    }
    expect(worst).toBeLessThan(1e-13);
  });

  test.each([
    [0, 2, 0],
    [0, -1, Infinity],
    [0, 0, 1],
    [1, -3, 1],
    [Infinity, 0.5, Infinity],
    [Infinity, -0.5, 0],
  ])('%d to the power %d is %d', (base, exponent, result) => {
    expect(portablePower(base, exponent)).toBe(result);
  });
});

describe('portableLogGamma', () => {
  // Values from an arbitrary-precision library.
  test.each([
    [1e-3, 6.907178885383853],
    [0.5, 0.5723649429247001],
    [1, 0],
    [1.5, -0.12078223763524522],
    [2, 0],
    [3.7, 1.428072326665388],
    [25, 54.78472939811232],
    [1e5, 1051287.7089736569],
  ])('of %d is %d', (x, exact) => {
    expect(Math.abs(portableLogGamma(x) - exact)).toBeLessThan(4e-15 * Math.max(1, exact));
  });
});
