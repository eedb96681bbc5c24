const binsPerHorizon = 200;

/** The time bins in which pools average their levels: 200 up to the horizon, more of the same width while a run drains. */
export function timelineBins(horizonMs: number): { binMs: number; binCount: number } {
  return { binMs: horizonMs / binsPerHorizon, binCount: binsPerHorizon };
}
