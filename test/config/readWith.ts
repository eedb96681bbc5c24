import type { z } from 'zod';
import { readPart } from '../../src/config/inputSchema.js';
import type { Finding } from '../../src/mistakes/finding.js';

/** What a schema makes of an input: its value, or what it finds wrong. */
export function readWith<Value>(
  schema: z.ZodType<Value>,
  input: unknown,
): { readonly value: Value | undefined; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const value = readPart(schema, input, [], (finding) => {
    findings.push(finding);
    return undefined;
  });
  return { value, findings };
}
