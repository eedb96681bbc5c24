import type { ResourceRun } from '../run/runResult.js';
import type { Scenario } from '../run/scenario.js';
import { estimateMean } from './estimate.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { MetricValue } from './summary.js';
import { timelineAverage } from './timelineAverage.js';

/** The metrics of tool servers, stores, model servers and sandbox hosts over replications. */
export function summariseResources(
  runs: readonly MeasuredRun[],
  { agents }: Pick<Scenario, 'agents'>,
): MetricValue[] {
  return (agents?.resources ?? []).flatMap((spec, index) => {
    const { name, usdPerHour } = spec;
    const resources = runs.map(({ run }) => run.agents!.resources[index]!);
    const samples = resources.reduce((total, { completed }) => total + completed, 0);
    const value = (
      metric: MetricValue['metric'],
      of: (resource: ResourceRun, window: MeasuredWindow) => number,
    ): MetricValue => {
      const byReplication = resources.map((resource, at) => of(resource, runs[at]!.window));
      const subject = { metric, subject: name, quantile: undefined };
      return { ...subject, ...estimateMean(byReplication, samples) };
    };
    const level =
      (name: 'busyUnits' | 'waiting') => (resource: ResourceRun, window: MeasuredWindow) =>
        timelineAverage(resource.timeline, name, window);
    return [
      ...(Number.isFinite(spec.slots)
        ? [value('utilisation', (...at) => level('busyUnits')(...at) / spec.slots)]
        : []),
      value('waiting', level('waiting')),
      value('jobQueueTime', ({ meanQueueMs }) => meanQueueMs),
      value(
        'jobsRejected',
        ({ rejected, abandoned, completed }) => rejected / (rejected + abandoned + completed),
      ),
      ...(spec.patienceMs === undefined
        ? []
        : [
            value(
              'jobsAbandoned',
              ({ rejected, abandoned, completed }) =>
                abandoned / (rejected + abandoned + completed),
            ),
          ]),
      ...(spec.kind === 'sandboxes'
        ? [value('coldStartShare', ({ coldStartShare }) => coldStartShare)]
        : []),
      ...(usdPerHour === undefined ? [] : [value('usdPerHour', () => usdPerHour)]),
    ];
  });
}
