import { expect, test } from 'vitest';
import { metricDefinition, metricDefinitions } from '../../sim/metrics/metricDefinitions.js';

test('every metric has its own id and label, and a sentence that ends', () => {
  const ids = metricDefinitions.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(metricDefinitions.map(({ label }) => label)).size).toBe(ids.length);
  for (const { definition } of metricDefinitions) expect(definition).toMatch(/^[A-Z].*\.$/);
});

test('metricDefinition("ttft") is in ms and lower is better', () => {
  expect(metricDefinition('ttft')).toMatchObject({ unit: 'ms', better: 'lower' });
  expect(metricDefinition('latency')).toBeUndefined();
});
