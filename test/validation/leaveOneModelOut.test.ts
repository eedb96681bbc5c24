import { describe, expect, test } from 'vitest';
import { leaveOneModelOut } from '../../src/validation/leaveOneModelOut.js';

const rows = leaveOneModelOut();

describe('public speeds of machines that are no GPU', () => {
  test.each(rows.filter(({ needed }) => needed !== undefined))(
    '$speed.profile, $speed.model, $speed.what: without it the error is inside the band',
    ({ needed, band }) => {
      expect(needed).toBeLessThan(band);
    },
  );

  test('what a profile knows of a model by name is its public speed', () => {
    const named = rows.filter(({ speed }) => speed.profile === 'wse-3' && speed.isAside !== true);
    expect(named.length).toBe(6);
    for (const { speed, simulated } of named)
      expect(Math.abs(simulated / speed.published - 1)).toBeLessThan(0.01);
  });

  test('the only model of a class cannot be left out', () => {
    const alone = rows.filter(({ withoutIt }) => withoutIt === undefined);
    expect(alone.map(({ speed }) => `${speed.profile} ${speed.model}`)).toEqual([
      'groq-lpu gpt-oss-120b',
    ]);
  });
});
