import { z } from 'zod';
import { jsonSchemas } from '../config/jsonSchemas.js';
import { suggestion } from '../config/nearestName.js';
import { plainText } from '../format/plainText.js';
import { compareSchema } from '../results/compareSchema.js';
import { resultSchema } from '../results/resultSchema.js';
import { UserError } from './userError.js';

const inputFiles: Readonly<Record<string, string>> = {
  experiment: 'experiment.schema.json',
  workload: 'workload.schema.json',
  hardware: 'hardware-profile.schema.json',
  model: 'model-profile.schema.json',
};

/** Kinds of files that have a schema: those that people write, `summary.json` and `compare.json`. */
export const schemaKinds: readonly string[] = [...Object.keys(inputFiles), 'result', 'comparison'];

/** The JSON Schema of a kind of file, as text. */
export function schemaText(kind: string): string {
  if (kind === 'result') return textOf(resultSchema, 'Inflow result');
  if (kind === 'comparison') return textOf(compareSchema, 'Inflow comparison');
  const file = Object.hasOwn(inputFiles, kind) ? inputFiles[kind] : undefined;
  const [, text] = jsonSchemas().find(([name]) => name === file) ?? [];
  if (text !== undefined) return text.trimEnd();
  throw new UserError(`there is no schema for "${plainText(kind)}"`, {
    hint: suggestion(kind, schemaKinds),
  });
}

function textOf(document: z.ZodType, title: string): string {
  const { $schema, ...schema } = z.toJSONSchema(document, { target: 'draft-7' });
  return JSON.stringify({ $schema, title, ...schema }, null, 2);
}
