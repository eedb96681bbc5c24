import type { MetricDefinition } from './metricDefinition.js';

const costOfRun = { unit: 'usd', subjects: ['run'], quantiles: [], better: 'lower' } as const;

/** What the fleet costs by the work of its humans and agents. */
export const turnCostMetrics = [
  {
    id: 'costPerTurn',
    label: 'cost per turn',
    ...costOfRun,
    definition: 'What one turn costs when all hardware is paid for, busy or idle.',
    formula: 'price of the fleet over the measured time / turns that yielded in it',
  },
  {
    id: 'costPerTask',
    label: 'cost per task',
    ...costOfRun,
    definition: 'What one task costs when all hardware is paid for, busy or idle.',
    formula: 'price of the fleet over the measured time / tasks that ended in it',
  },
  {
    id: 'costPerSuccessfulTask',
    label: 'cost per successful task',
    ...costOfRun,
    definition: 'What one task that succeeds costs, the failed ones paid for too.',
    formula: 'price of the fleet over the measured time / tasks that succeeded in it',
  },
  {
    id: 'usdPerFlowMinute',
    label: 'cost per flow minute',
    ...costOfRun,
    definition: 'What a minute of a human in flow costs when all hardware is paid for.',
    formula: 'price of the fleet over the measured time / minutes in flow sessions of all humans',
  },
] as const satisfies readonly MetricDefinition[];
