import { expect, test } from 'vitest';
import { suggestion } from '../../src/config/nearestName.js';

const known = ['h100-sxm', 'h200-sxm', 'h200-sxm-trtllm', 'l40s'];

test.each([
  ['h100-sx', 'Did you mean h100-sxm?'],
  // Too far to be a slip, but the beginning of a name.
  ['h200', 'Did you mean h200-sxm?'],
  ['H2', 'Did you mean h200-sxm?'],
  ['mi300x', 'Possible: h100-sxm, h200-sxm, h200-sxm-trtllm, l40s'],
  ['', 'Possible: h100-sxm, h200-sxm, h200-sxm-trtllm, l40s'],
])('suggestion(%j) is %j', (written, hint) => {
  expect(suggestion(written, known)).toBe(hint);
});
