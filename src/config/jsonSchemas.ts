import { z } from 'zod';
import { experimentSchema } from './experimentSchema.js';
import { hardwareProfileSchema } from './hardwareProfileSchema.js';
import { type InputForm, inputForms } from './inputSchema.js';
import { modelProfileSchema } from './modelProfileSchema.js';
import { workloadSchema } from './workloadSchema.js';

const files: readonly (readonly [name: string, title: string, schema: z.ZodType])[] = [
  ['experiment', 'Inflow experiment', experimentSchema],
  ['workload', 'Inflow workload', workloadSchema],
  ['hardware-profile', 'Inflow hardware profile', hardwareProfileSchema],
  ['model-profile', 'Inflow model profile', modelProfileSchema],
];

/** The JSON Schemas (draft 7, which editors know best) of all input files: file name and text. */
export function jsonSchemas(): [file: string, text: string][] {
  return files.map(([name, title, schema]) => {
    const definitions = new Map<string, unknown>();
    const root = describe(schema, definitions);
    const document = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title,
      ...(root as object),
      definitions: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    return [`${name}.schema.json`, `${JSON.stringify(document, null, 2)}\n`];
  });
}

/** The input of a schema. Forms with a name become definitions, so that laws can hold laws. */
function describe(schema: z.ZodType, definitions: Map<string, unknown>): unknown {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      const form = inputForms.get(zodSchema as unknown as z.ZodType);
      if (form === undefined) {
        if (jsonSchema.type === 'object' && jsonSchema.properties !== undefined)
          jsonSchema.additionalProperties = false;
        return;
      }
      const { description } = jsonSchema;
      for (const key of Object.keys(jsonSchema))
        delete (jsonSchema as Record<string, unknown>)[key];
      const own = form.name === '' ? inputOf(form, definitions) : reference(form, definitions);
      Object.assign(jsonSchema, own, description === undefined ? {} : { description });
    },
  });
  return json;
}

function reference(form: InputForm, definitions: Map<string, unknown>): object {
  if (!definitions.has(form.name)) {
    // Held before it is described: its parts may refer to it.
    definitions.set(form.name, {});
    definitions.set(form.name, {
      description: sentence(form.about),
      ...inputOf(form, definitions),
    });
  }
  return { $ref: `#/definitions/${form.name}` };
}

function inputOf(form: InputForm, definitions: Map<string, unknown>): object {
  if (form.json !== undefined) return form.json;
  if (form.values !== undefined)
    return {
      type: 'object',
      additionalProperties: describe(form.values() as z.ZodType, definitions),
    };
  const choices = [...new Set(form.anyOf?.())].map((each) =>
    describe(each as z.ZodType, definitions),
  );
  return choices.length === 1 ? (choices[0] as object) : { anyOf: choices };
}

function sentence(about: string): string {
  return `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
}
