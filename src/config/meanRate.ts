import { portableCos } from '../../sim/kernel/portableCos.js';
import type { ArrivalProcess } from '../../sim/workload/arrivalProcess.js';

/** Mean arrivals per ms of a process from 0 to the horizon. */
export function meanRate(process: ArrivalProcess, horizonMs: number): number {
  if (process.kind === 'piecewise') {
    const expected = process.steps.reduce((sum, { fromMs, ratePerMs }, index) => {
      const endMs = Math.min(horizonMs, process.steps[index + 1]?.fromMs ?? horizonMs);
      return sum + ratePerMs * Math.max(0, endMs - fromMs);
    }, 0);
    return expected / horizonMs;
  }
  if (process.kind === 'diurnal') {
    const { meanRatePerMs, amplitude, peakMs, periodMs } = process;
    const points = 1000;
    let sum = 0;
    for (let i = 0; i < points; i++) {
      const periods = (((i + 0.5) / points) * horizonMs - peakMs) / periodMs;
      sum += 1 + amplitude * portableCos(2 * Math.PI * (periods - Math.floor(periods)));
    }
    return (meanRatePerMs * sum) / points;
  }
  return process.ratePerMs;
}
