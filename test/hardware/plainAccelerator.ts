import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { RooflineParameters } from '../../sim/hardware/rooflineParameters.js';

/** A roofline that reaches its peaks, 1 TB/s and 1 PFLOP/s, and wastes nothing: its times can be computed by hand. */
export const plainRoofline: RooflineParameters = {
  kind: 'roofline',
  efficiency: { bf16: { matmul: 1, weights: 1, kv: 1, attention: 1, perLayerMs: 0 } },
  experts: { matmulShare: 1, perLayerMs: 0, paddingTokens: 0 },
  perSequenceMs: 0,
  unfused: { perLayerMs: 0, activationTraffic: 0 },
  host: { perIterationMs: 0, perRowMs: 0, syncMs: 0 },
};

export function plainAccelerator(changes: Partial<Accelerator> = {}): Accelerator {
  return {
    name: 'plain',
    memoryBytes: 100e9,
    reservedBytes: 0,
    memoryBytesPerSec: 1e12,
    peakFlops: { bf16: 1e15 },
    scaleUp: undefined,
    hostBytesPerSec: undefined,
    scaleOutBytesPerSec: undefined,
    power: { idleWatts: 0, busyWatts: 0 },
    cost: plainRoofline,
    calibration: { kind: 'estimate', band: 0, because: 'made up for tests' },
    ...changes,
  };
}
