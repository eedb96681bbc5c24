import type { ArrivalProcess } from './arrivalProcess.js';

/** The same arrivals `byMs` later. Before its first breakpoint a piecewise rate is that of the first one. */
export function delayedArrivals(process: ArrivalProcess, byMs: number): ArrivalProcess {
  if (process.kind === 'diurnal') return { ...process, peakMs: process.peakMs + byMs };
  if (process.kind !== 'piecewise') return process;
  const steps = process.steps.map((step, index) =>
    index === 0 ? step : { ...step, fromMs: step.fromMs + byMs },
  );
  return { ...process, steps };
}
