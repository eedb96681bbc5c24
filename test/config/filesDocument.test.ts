import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonSchemas } from '../../src/config/jsonSchemas.js';

const reference = readFileSync('docs/files.md', 'utf8');

describe('docs/files.md', () => {
  test.each(jsonSchemas())('names every key of %s', (_file, text) => {
    const written = new Set(reference.match(/[A-Za-z][\w-]*/g));
    expect([...keysIn(JSON.parse(text))].filter((key) => !written.has(key))).toEqual([]);
  });
});

/** All property names of a JSON Schema, at any depth. */
function keysIn(schema: unknown, keys = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return keys;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name);
    keysIn(value, keys);
  }
  return keys;
}
