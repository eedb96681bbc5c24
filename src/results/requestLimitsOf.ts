import type { RequestLimit } from '../../sim/metrics/requestLimits.js';
import { type RequestMeasure, requestMeasures } from '../../sim/metrics/requestMeasures.js';
import type { Budget } from '../config/loadedExperiment.js';

/**
 * What makes a request good, for goodput: every upper budget on a latency of single requests, whatever
 * its quantile. A budget without a population holds for all.
 */
export function requestLimitsOf(budgets: readonly Budget[]): RequestLimit[] {
  return budgets.flatMap(({ metric, max, population, pool }) =>
    isRequestMeasure(metric) && max !== undefined && pool === undefined
      ? [{ measure: metric, population, maxMs: max }]
      : [],
  );
}

function isRequestMeasure(metric: string): metric is RequestMeasure {
  return metric in requestMeasures;
}
