import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { MetricValue } from '../../sim/metrics/summary.js';
import { formatQuantity, formatRange } from '../format/formatQuantity.js';
import type { Cell } from './layoutTable.js';
import type { Paints } from './paints.js';

/**
 * A metric as it stands in a table: with ± over replications, with the range of its order statistics
 * where there is only one, and as a dash where there are too few samples to say anything.
 */
export function metricCell(value: MetricValue | undefined): Cell {
  if (value?.value === undefined || value.doubt === 'tooFewSamples') return { text: '–' };
  const { unit } = metricDefinition(value.metric)!;
  const isFixed = value.metric === 'usdPerHour';
  const text = formatQuantity(value.value, unit, isFixed ? undefined : value.halfWidth);
  if (value.doubt !== 'oneReplication' || !value.interval) return { text };
  return { text: `${text} (${formatRange(value.interval.low, value.interval.high, unit)})` };
}

/** What must be said in the line of these values; undefined: nothing. */
export function remarkOn(
  values: readonly (MetricValue | undefined)[],
  { yellow }: Paints,
): Cell | undefined {
  const notes = values.flatMap((value) =>
    // One replication is told once, above the table; a dash speaks for itself.
    value?.note && value.doubt !== 'oneReplication' && value.doubt !== 'noSamples'
      ? [value.note]
      : [],
  );
  const text = [...new Set(notes)].join('; ');
  return text === '' ? undefined : { text, paint: yellow };
}
