import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import { hardwareProfileSchema } from '../../src/config/hardwareProfileSchema.js';
import { modelProfileSchema } from '../../src/config/modelProfileSchema.js';
import { readDocument } from '../../src/config/readDocument.js';
import { resolveHardwareProfile } from '../../src/config/resolveHardwareProfile.js';
import { resolveModelProfile } from '../../src/config/resolveModelProfile.js';

const folder = fileURLToPath(new URL('../../hardware-profiles', import.meta.url));

/** Names of the profiles that ship, without their ending. */
export const hardwareNames = namesIn(folder);
export const modelNames = namesIn(join(folder, 'models'));

/** The parsed YAML of a shipped file, before any schema. */
export function profileTree(path: string): unknown {
  const result = readDocument(join(folder, `${path}.yaml`), path);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.document.tree;
}

export function hardwareProfile(name: string) {
  return parsed(hardwareProfileSchema, name);
}

export function modelProfile(name: string) {
  return parsed(modelProfileSchema, `models/${name}`);
}

export const accelerator = remembered((name: string): Accelerator => {
  const hardware = resolveHardwareProfile(hardwareProfile(name));
  if (hardware.kind !== 'accelerator') throw new Error(`${name} is a host`);
  return hardware.accelerator;
});

export const model = remembered(
  (name: string): ModelArchitecture => resolveModelProfile(modelProfile(name)),
);

export const acceleratorNames = hardwareNames.filter(
  (name) => hardwareProfile(name).class !== 'host',
);

function parsed<Value>(schema: z.ZodType<Value>, path: string): Value {
  const result = schema.safeParse(profileTree(path));
  if (!result.success) throw new Error(`${path}: ${JSON.stringify(result.error.issues, null, 1)}`);
  return result.data;
}

/** Files are parsed once per test file. */
function remembered<Value>(make: (name: string) => Value): (name: string) => Value {
  const made = new Map<string, Value>();
  return (name) => {
    const value = made.get(name) ?? make(name);
    made.set(name, value);
    return value;
  };
}

function namesIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();
}
