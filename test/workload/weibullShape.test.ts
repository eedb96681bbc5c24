import { describe, expect, test } from 'vitest';
import { weibullCvRange, weibullShape } from '../../sim/workload/weibullShape.js';

describe('weibullShape', () => {
  test('a CV of 1 is the exponential law', () => {
    expect(weibullShape(1).shape).toBeCloseTo(1, 12);
    expect(weibullShape(1).scalePerMean).toBeCloseTo(1, 12);
  });

  test('a CV of √5 has shape ½, whose mean is Γ(3) = 2 scales', () => {
    expect(weibullShape(Math.sqrt(5)).shape).toBeCloseTo(0.5, 12);
    expect(weibullShape(Math.sqrt(5)).scalePerMean).toBeCloseTo(0.5, 12);
  });

  test('a CV of √(4/π − 1) is the Rayleigh law: shape 2, mean √π/2 scales', () => {
    const { shape, scalePerMean } = weibullShape(Math.sqrt(4 / Math.PI - 1));
    expect(shape).toBeCloseTo(2, 12);
    expect(scalePerMean).toBeCloseTo(2 / Math.sqrt(Math.PI), 12);
  });

  test('the shape falls as the CV rises, over the whole range', () => {
    let previous = Number.POSITIVE_INFINITY;
    for (let cv = weibullCvRange.min; cv <= weibullCvRange.max; cv *= 1.5) {
      const { shape } = weibullShape(cv);
      expect(shape).toBeLessThan(previous);
      previous = shape;
    }
    // CV ≈ π/√6/shape when it is small: ln of a Weibull variable is Gumbel.
    expect(weibullShape(0.001).shape * 0.001).toBeCloseTo(Math.PI / Math.sqrt(6), 2);
  });
});
