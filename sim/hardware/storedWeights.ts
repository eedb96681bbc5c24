import type { Precision } from './deployment.js';
import type { ModelArchitecture, StoredWeights, WeightFormat } from './modelArchitecture.js';

/**
 * How a model's weights are stored when it is served in this precision: as its profile says, otherwise
 * all linear layers in that precision and the embedding table and head in bf16, as published quantised
 * checkpoints do.
 */
export function storedWeights(model: ModelArchitecture, precision: Precision): StoredWeights {
  const format = formats[precision];
  return (
    model.weightFormats[precision] ?? { dense: format, experts: format, head: formats['bf16'] }
  );
}

/**
 * One byte per element and more where elements share scales: NVFP4 has an 8-bit scale per 16 elements,
 * group-wise INT4 a 16-bit scale per 32. INT4 is a storage format: it is multiplied in bf16.
 */
const formats: Readonly<Record<Precision, WeightFormat>> = {
  bf16: { bytesPerParameter: 2, storedAs: 'bf16', computedIn: 'bf16' },
  fp8: { bytesPerParameter: 1, storedAs: 'fp8', computedIn: 'fp8' },
  int8: { bytesPerParameter: 1, storedAs: 'int8', computedIn: 'int8' },
  fp4: { bytesPerParameter: 0.5625, storedAs: 'fp4', computedIn: 'fp4' },
  int4: { bytesPerParameter: 0.5625, storedAs: 'int4', computedIn: 'bf16' },
};
