import type { RunResult } from '../run/runResult.js';
import { metricDefinition } from './metricDefinitions.js';
import type { Doubt, MetricValue, Summary } from './summary.js';

/**
 * The same values, marked where the run as a whole does not carry a verdict: it hit a limit, grows
 * without end, or never left its warm-up. Prices need no evidence.
 */
export function castDoubt(
  metrics: readonly MetricValue[],
  evidence: {
    readonly results: readonly RunResult[];
    readonly stability: Summary['stability'];
    readonly warmup: Summary['warmup'];
  },
): MetricValue[] {
  const cause = doubtOnAll(evidence);
  if (!cause) return [...metrics];
  return metrics.map((value) => {
    if (value.metric === 'usdPerHour' || value.doubt === 'noSamples') return value;
    const isLatency = metricDefinition(value.metric)?.unit === 'ms';
    // An overloaded fleet still has a throughput; its waits are what the run length makes them.
    const says = cause.doubt !== 'growsWithRunLength' || isLatency || value.metric === 'waiting';
    return { ...value, doubt: cause.doubt, note: says ? cause.note : value.note };
  });
}

function doubtOnAll({
  results,
  stability,
  warmup,
}: Parameters<typeof castDoubt>[1]): { doubt: Doubt; note: string } | undefined {
  const isCut = ({ ending }: RunResult) => ending === 'eventLimit' || ending === 'clockLimit';
  if (results.some(isCut)) return { doubt: 'limitReached', note: 'stopped at a limit' };
  if (stability.verdict === 'overloaded') {
    return { doubt: 'growsWithRunLength', note: 'grows with run length' };
  }
  const isEarly = ({ fromMs }: RunResult['overflow'][number]) => fromMs < warmup.untilMs;
  if (results.some(({ overflow }) => overflow.some(isEarly))) {
    return { doubt: 'limitReached', note: 'the warm-up has more requests than rows' };
  }
  if (warmup.isRefused) return { doubt: 'warmupNotOver', note: 'warm-up not over: run longer' };
  return undefined;
}
