import type { MetricDefinition } from './metricDefinition.js';

const subjects = ['pool'] as const;

/** The metrics of one memory tier of a pool; their subject is `pool/tier`. */
export const tierMetrics = [
  {
    id: 'tierHits',
    label: 'tier hits',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of prompt tokens of the pool that were loaded from this tier.',
    formula: 'tokens loaded / prompt tokens of first admissions, over the whole run',
    better: 'neither',
  },
  {
    id: 'tierUse',
    label: 'tier use',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of the tier that is filled with contexts.',
    formula: 'KV blocks held, averaged over time after the warm-up / blocks it can hold',
    better: 'neither',
  },
  {
    id: 'tierReadBusy',
    label: 'tier reads',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of time in which contexts were loaded over a link of the tier.',
    formula: 'time with a load under way / whole run, mean over the stores of the tier',
    better: 'neither',
  },
  {
    id: 'tierWriteBusy',
    label: 'tier writes',
    unit: 'ratio',
    subjects,
    quantiles: [],
    definition: 'Share of time in which contexts were written over a link of the tier.',
    formula: 'bytes written / bandwidth, as far as done by the end / whole run, mean over stores',
    better: 'neither',
  },
  {
    id: 'tierReadGigabytes',
    label: 'tier GB read',
    unit: 'count',
    subjects,
    quantiles: [],
    definition: 'Gigabytes loaded from this tier.',
    formula: 'bytes of the loads that ended / 10^9, per replication',
    better: 'neither',
  },
  {
    id: 'tierWrittenGigabytes',
    label: 'tier GB written',
    unit: 'count',
    subjects,
    quantiles: [],
    definition: 'Gigabytes written to this tier.',
    formula: 'bytes of the blocks that it lacked / 10^9, per replication',
    better: 'neither',
  },
] as const satisfies readonly MetricDefinition[];
