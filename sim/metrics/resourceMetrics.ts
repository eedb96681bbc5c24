import type { MetricDefinition } from './metricDefinition.js';

const subjects = ['pool'] as const;

/** The metrics of resources beside the engines that other pools do not have. */
export const resourceMetrics = [
  {
    id: 'jobQueueTime',
    label: 'queue time per job',
    unit: 'ms',
    subjects,
    quantiles: [],
    definition: 'How long a job waits for a server, connection or sandbox slot.',
    formula: 'mean over the jobs that got one, over the whole run',
    better: 'lower',
  },
  {
    id: 'coldStartShare',
    label: 'cold starts',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of sandboxes that had to be created when they were asked for.',
    formula: 'cold starts / starts, over the whole run',
    better: 'lower',
  },
  {
    id: 'jobsRejected',
    label: 'jobs rejected',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of jobs that were turned away because the queue was full.',
    formula: 'rejected / (rejected + abandoned + completed), over the whole run',
    better: 'lower',
  },
  {
    id: 'jobsAbandoned',
    label: 'jobs abandoned',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of jobs that gave up waiting for a server, connection or sandbox slot.',
    formula:
      'abandoned / (abandoned + rejected + completed), over the whole run; only where jobs have patience',
    better: 'lower',
  },
] as const satisfies readonly MetricDefinition[];
