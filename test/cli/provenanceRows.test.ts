import { expect, test } from 'vitest';
import { provenanceRows } from '../../src/cli/provenanceRows.js';

test('each number carries the provenance beside it, or the nearest around it', () => {
  const profile = {
    inflow: 1,
    name: 'chip',
    about: 'A chip.',
    memory: { value: '80 GB', kind: 'spec', source: 'data sheet' },
    cost: {
      kind: 'roofline',
      bf16: { kind: 'derived', source: 'fit', date: '2026-08', matmul: 0.8, sizes: [1, 2] },
    },
  };
  expect(provenanceRows(profile)).toEqual([
    { path: 'memory', value: '80 GB', kind: 'spec', date: '', source: 'data sheet' },
    // A kind without a source is no provenance but a value.
    { path: 'cost.kind', value: 'roofline', kind: '', date: '', source: '' },
    { path: 'cost.bf16.matmul', value: '0.8', kind: 'derived', date: '2026-08', source: 'fit' },
    { path: 'cost.bf16.sizes', value: '1, 2', kind: 'derived', date: '2026-08', source: 'fit' },
  ]);
});
