import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import { hardwareProfileSchema } from '../config/hardwareProfileSchema.js';
import { modelProfileSchema } from '../config/modelProfileSchema.js';
import { readDocument } from '../config/readDocument.js';
import { resolveHardwareProfile } from '../config/resolveHardwareProfile.js';
import { resolveModelProfile } from '../config/resolveModelProfile.js';

/** Folder of the shipped hardware profiles, from the sources or from a build. */
export const profileFolder = shippedFolder(dirname(fileURLToPath(import.meta.url)));

function shippedFolder(from: string): string {
  const here = join(from, 'hardware-profiles');
  return existsSync(here) || dirname(from) === from ? here : shippedFolder(dirname(from));
}

/** Names of the shipped hardware profiles, sorted. */
export function shippedHardware(): string[] {
  return readdirSync(profileFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();
}

/** The accelerator of a profile file: a shipped one by name, or a path. */
export function openAccelerator(nameOrFile: string): Accelerator {
  const profile = hardwareProfileSchema.parse(treeOf(fileOf(nameOrFile, '')));
  const hardware = resolveHardwareProfile(profile);
  if (hardware.kind !== 'accelerator')
    throw new Error(`${nameOrFile} is a host, which runs no model`);
  return hardware.accelerator;
}

/** A model by the name of its shipped profile, or by the path of one. */
export function openArchitecture(nameOrFile: string): ModelArchitecture {
  return resolveModelProfile(modelProfileSchema.parse(treeOf(fileOf(nameOrFile, 'models'))));
}

/** Path of a shipped profile, or the path itself. */
export function fileOf(nameOrFile: string, folder: string): string {
  const isPath = nameOrFile.includes('/') || nameOrFile.endsWith('.yaml');
  return isPath ? nameOrFile : join(profileFolder, folder, `${nameOrFile}.yaml`);
}

function treeOf(file: string): unknown {
  const result = readDocument(file, file);
  if (!result.ok) throw new Error(result.mistakes.map(({ message }) => message).join('; '));
  return result.document.tree;
}

const models = new Map<string, ModelArchitecture>();

/** A shipped model on an accelerator: native weights, bf16 KV, 90% of the memory, unless changed. */
export function deploymentOn(
  accelerator: Accelerator,
  modelName: string,
  changes: Partial<Deployment> = {},
): Deployment {
  const model = models.get(modelName) ?? openArchitecture(modelName);
  models.set(modelName, model);
  return {
    accelerator,
    model,
    tensorParallel: 1,
    weightPrecision: model.nativePrecision,
    kvPrecision: 'bf16',
    memoryShare: 0.9,
    graphSizes: [],
    ...changes,
  };
}
