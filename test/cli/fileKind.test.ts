import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { partKind } from '../../src/cli/fileKind.js';
import { readDocument } from '../../src/config/readDocument.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

function treesIn(folder: string): [string, Record<string, unknown>][] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const read = readDocument(join(root, folder, name), name);
      if (!read.ok) throw new Error(`${name} cannot be read`);
      return [name, read.document.tree as Record<string, unknown>];
    });
}

describe.each([
  ['experiments', undefined],
  ['workloads', 'workload'],
  ['hardware-profiles', 'hardware profile'],
  ['hardware-profiles/models', 'model profile'],
] as const)('%s are of the kind %s', (folder, kind) => {
  test.each(treesIn(folder))('%s, whichever one key is missing', (_name, tree) => {
    for (const missing of Object.keys(tree)) {
      const rest = Object.fromEntries(Object.entries(tree).filter(([key]) => key !== missing));
      const isTold = Object.keys(rest).some((key) => !['inflow', 'name', 'about'].includes(key));
      if (isTold) expect(partKind(rest)?.name, `without ${missing}`).toBe(kind);
    }
  });
});

test('what tells nothing is taken for an experiment', () => {
  for (const tree of [null, [], 'text', { name: 'x', about: 'y' }])
    expect(partKind(tree)).toBeUndefined();
});
