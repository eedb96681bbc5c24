import { expect, test } from 'vitest';
import { parameterCounts } from '../../sim/hardware/parameterCounts.js';
import { model, modelNames } from './shippedProfiles.js';

// Totals and active counts by hand from the published configurations, norms and biases left out.
test.each([
  ['llama-3.1-8b', 8_029_995_008, 8_029_995_008],
  ['llama-3.1-70b', 70_552_387_584, 70_552_387_584],
  ['qwen3-32b', 32_761_446_400, 32_761_446_400],
  ['qwen3-30b-a3b', 30_531_911_680, 3_352_821_760],
  ['qwen3-coder-480b-a35b', 480_154_091_520, 35_473_981_440],
  ['gpt-oss-20b', 20_907_786_240, 4_186_275_840],
  ['gpt-oss-120b', 116_788_838_400, 5_710_233_600],
  ['deepseek-v3', 671_025_397_760, 37_551_276_032],
  ['kimi-k2.6', 1_026_407_202_816, 32_860_471_296],
  ['glm-4.7', 352_795_525_120, 33_629_962_240],
  ['mixtral-8x7b', 46_702_526_464, 12_879_659_008],
])('the shape of %s implies %d parameters, %d of them active', (name, total, active) => {
  const counts = parameterCounts(model(name));
  expect(counts.total).toBe(total);
  expect(counts.active).toBe(active);
});

test('one layer of Llama 3.1 8B: 41,943,040 of attention and 176,160,768 of feed-forward', () => {
  // 4096·128·(2·32 + 2·8) = 41,943,040; 3·4096·14336 = 176,160,768; times 32 layers.
  expect(parameterCounts(model('llama-3.1-8b')).dense).toBe(32 * 218_103_808);
});

test('what the shape implies is within 3% of the published total', () => {
  for (const name of modelNames) {
    const shipped = model(name);
    const published = shipped.publishedParameters?.total ?? Number.NaN;
    expect(Math.abs(parameterCounts(shipped).total / published - 1), name).toBeLessThan(0.03);
  }
});
