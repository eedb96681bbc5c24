import { describe, expect, test } from 'vitest';
import { modelShare } from '../../sim/hardware/modelShare.js';
import { storedWeights } from '../../sim/hardware/storedWeights.js';
import { model } from './shippedProfiles.js';

describe('attention work', () => {
  test('Llama 3.1 70B on one of 4: 80·4·16·128 operations per pair, in prefill and decode', () => {
    const { full, windowed } = modelShare(model('llama-3.1-70b'), 4, 'bf16', 'bf16');
    expect(full.flopsPerPair).toBe(655_360);
    expect(full.decodeFlopsPerToken).toBe(655_360);
    expect(full.expandFlopsPerToken).toBe(0);
    expect(windowed.kvBytesPerToken).toBe(0);
  });

  test('DeepSeek V3 on one of 8 works on the latent in decode and on expanded heads in chunks', () => {
    const { full } = modelShare(model('deepseek-v3'), 8, 'fp8', 'bf16');
    // 61 layers, 16 heads: decode 2·(2·512 + 64), pairs 2·(128 + 64 + 128), expansion 2·512·(128 + 128).
    expect(full.decodeFlopsPerToken).toBe(61 * 16 * 2176);
    expect(full.flopsPerPair).toBe(61 * 16 * 640);
    expect(full.expandFlopsPerToken).toBe(61 * 16 * 262_144);
  });

  test('gpt-oss-120b reads 18 layers in full and 18 in a window, and allocates 36', () => {
    const share = modelShare(model('gpt-oss-120b'), 1, 'fp4', 'fp8');
    expect(share.full.kvBytesPerToken).toBe(18_432);
    expect(share.windowed.kvBytesPerToken).toBe(18_432);
    expect(share.kvBytesPerToken).toBe(36_864);
  });
});

describe('weights', () => {
  test('active experts of Mixtral: 2 of 8, 3·4,096·14,336 parameters in each of 32 layers', () => {
    const share = modelShare(model('mixtral-8x7b'), 2, 'bf16', 'bf16');
    expect(share.bytesPerExpert).toBe(5_637_144_576);
    expect(share.expertFlopsPerToken).toBe(2 * 5_637_144_576);
    expect(share.expertLayers).toBe(32);
  });

  test('a profile’s format wins over the default: gpt-oss multiplies MXFP4 experts in bf16', () => {
    expect(storedWeights(model('gpt-oss-120b'), 'fp4').experts.computedIn).toBe('bf16');
    expect(storedWeights(model('glm-4.7'), 'fp4').experts).toEqual({
      bytesPerParameter: 0.5625,
      storedAs: 'fp4',
      computedIn: 'fp4',
    });
    expect(storedWeights(model('glm-4.7'), 'fp4').head.storedAs).toBe('bf16');
  });
});
