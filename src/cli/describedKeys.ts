import { schemaText } from './schemaText.js';

/** A key of a file that has a schema. */
export interface DescribedKey {
  /** Without the names that the user chooses: `fleet.replicas`. */
  readonly path: string;
  /** What file it is a key of: `an experiment`, `summary.json`. */
  readonly file: string;
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

const files: readonly (readonly [kind: string, file: string])[] = [
  ['experiment', 'an experiment'],
  ['hardware', 'a hardware profile'],
  ['model', 'a model profile'],
  ['result', 'summary.json'],
  ['comparison', 'compare.json'],
];

/** Every key that a schema describes, of files that people write and of result documents; once for each description. */
export function describedKeys(): readonly DescribedKey[] {
  allKeys ??= files.flatMap(([kind, file]) => keysOf(kind, file));
  return allKeys;
}

/** Made when they are first asked for: it takes a moment. */
let allKeys: readonly DescribedKey[] | undefined;

function keysOf(kind: string, file: string): DescribedKey[] {
  const root = JSON.parse(schemaText(kind)) as Schema;
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
      if (text !== undefined) found.set(`${below} ${text}`, { path: below, file, text });
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
