import type { z } from 'zod';
import { describeFound, inputSchema } from './inputSchema.js';

const supported = 1;

/** The first key of every file: the version of the schema that it is written for. */
export const schemaVersion: z.ZodType<number> = inputSchema(
  { name: '', about: 'the version of the file format: 1', json: { const: supported } },
  (input, report) => {
    if (input === supported) return supported;
    const isNewer = typeof input === 'number' && input > supported;
    return report({
      code: 'E_VERSION',
      message: isNewer
        ? `version ${input} is newer than this program, which reads version ${supported}`
        : `expected inflow: ${supported}, found ${describeFound(input)}`,
    });
  },
);
