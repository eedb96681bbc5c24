import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonSchemas } from '../../src/config/jsonSchemas.js';

const schemas = new Map(jsonSchemas());

describe('docs/schemas', () => {
  test.each([...schemas])('%s is what `npm run schemas` writes', (file, text) => {
    expect(readFileSync(`docs/schemas/${file}`, 'utf8')).toBe(text);
  });

  test.each([
    ['experiment.schema.json', 'experiments'],
    ['workload.schema.json', 'workloads'],
    ['hardware-profile.schema.json', 'hardware-profiles'],
    ['model-profile.schema.json', 'hardware-profiles/models'],
  ])('%s accepts every file of %s', (file, folder) => {
    const schema = z.fromJSONSchema(JSON.parse(schemas.get(file)!));
    const refused = yamlFiles(folder).filter((path) => !schema.safeParse(treeOf(path)).success);
    expect(refused).toEqual([]);
  });

  test('they refuse a key that does not exist and a value of another type', () => {
    const schema = z.fromJSONSchema(JSON.parse(schemas.get('experiment.schema.json')!));
    const tree = treeOf('experiments/quickstart.yaml') as Record<string, unknown>;
    expect(schema.safeParse(tree).success).toBe(true);
    expect(schema.safeParse({ ...tree, horizzon: '1h' }).success).toBe(false);
    expect(schema.safeParse({ ...tree, replications: '10' }).success).toBe(false);
  });
});

function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`);
}

function treeOf(path: string): unknown {
  return parse(readFileSync(path, 'utf8'));
}
