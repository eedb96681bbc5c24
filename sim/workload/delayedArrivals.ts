import type { ArrivalProcess } from './arrivalProcess.js';

/** The same arrivals `byMs` later. Before its first breakpoint a piecewise rate is that of the first one. */
export function delayedArrivals(arrivals: ArrivalProcess, byMs: number): ArrivalProcess {
  if (arrivals.kind === 'diurnal') return { ...arrivals, peakMs: arrivals.peakMs + byMs };
  if (arrivals.kind !== 'piecewise') return arrivals;
  const steps = arrivals.steps.map((step, index) =>
    index === 0 ? step : { ...step, fromMs: step.fromMs + byMs },
  );
  return { ...arrivals, steps };
}
