import type { TestContext } from 'vitest';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import { readTrace } from '../../src/traces/readTrace.js';
import { measuredData } from '../measuredData.js';

/** A recorded trace out of the measured data; skips the calling test when it is not there. */
export function measuredTrace(context: Pick<TestContext, 'skip'>, name: string): RequestTrace {
  const reading = readTrace(measuredData(context, `workloads/${name}.csv.gz`));
  if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes));
  return reading.trace;
}
