import { schemaText } from './schemaText.js';

/** A key of an experiment file. */
export interface DescribedKey {
  /** Without the names that the user chooses: `fleet.replicas`. */
  readonly path: string;
  readonly text: string;
}

/** The part of JSON Schema that describes keys. */
interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Every key of an experiment file that its schema describes, once for each description. */
export function describedKeys(): DescribedKey[] {
  const root = JSON.parse(schemaText('experiment')) as Schema;
  const found = new Map<string, DescribedKey>();
  const visit = (schema: Schema, path: string, open: readonly string[]): void => {
    const name = schema.$ref?.replace('#/definitions/', '');
    // Laws hold laws: a definition is not entered inside itself.
    if (name !== undefined && !open.includes(name)) {
      visit(root.definitions?.[name] ?? {}, path, [...open, name]);
    }
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      const below = path === '' ? key : `${path}.${key}`;
      const { description: text } = value;
      if (text !== undefined) found.set(`${below} ${text}`, { path: below, text });
      visit(value, below, open);
    }
    const { additionalProperties: named, items } = schema;
    const parts = [items, typeof named === 'object' ? named : undefined];
    for (const part of [...parts, ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) {
      if (part) visit(part, path, open);
    }
  };
  visit(root, '', []);
  return [...found.values()];
}
