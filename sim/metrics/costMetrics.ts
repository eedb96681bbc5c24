import type { MetricDefinition } from './metricDefinition.js';

/** What the fleet costs, by the hour and by the work done. */
export const costMetrics = [
  {
    id: 'usdPerHour',
    label: 'price',
    unit: 'usdPerHour',
    subjects: ['pool', 'run'],
    quantiles: [],
    definition: 'What the hardware costs per hour, busy or idle.',
    formula:
      'replicas × price per replica-hour; the run adds its pools, gateway, tools, stores, model servers and sandboxes (only pools must have a price)',
    better: 'lower',
  },
  {
    id: 'costPerRequest',
    label: 'cost per request',
    unit: 'usd',
    subjects: ['run'],
    quantiles: [],
    definition: 'What one completed request costs when all hardware is paid for, busy or idle.',
    formula: 'price of the fleet per second / throughput',
    better: 'lower',
  },
  {
    id: 'costPerMillionTokens',
    label: 'cost per 1M output tokens',
    unit: 'usd',
    subjects: ['run'],
    quantiles: [],
    definition: 'What a million output tokens cost when all hardware is paid for, busy or idle.',
    formula: 'price of the fleet per second / output tokens per second × 1,000,000',
    better: 'lower',
  },
] as const satisfies readonly MetricDefinition[];
