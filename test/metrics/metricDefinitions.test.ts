import { readFileSync } from 'node:fs';
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

test('docs/metrics.md has the definition and the formula of every metric', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const missing = metricDefinitions
    .map(({ id, definition, formula }) => `| \`${id}\` | ${definition} | ${formula} |`)
    .filter((row) => !page.includes(row));
  expect(missing).toEqual([]);
});
