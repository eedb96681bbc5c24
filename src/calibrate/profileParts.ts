import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { hardwareProfileSchema } from '../config/hardwareProfileSchema.js';
import { readPart } from '../config/inputSchema.js';
import { libraryNames, shownName } from '../config/library.js';
import { modelProfileSchema } from '../config/modelProfileSchema.js';
import { readDocument } from '../config/readDocument.js';
import { reportTo } from '../config/reportTo.js';
import { type ResolvedHardware, resolveHardwareProfile } from '../config/resolveHardwareProfile.js';
import { resolveModelProfile } from '../config/resolveModelProfile.js';
import { unknownName } from '../config/unknownName.js';
import type { Finding } from '../mistakes/finding.js';
import { mistakeList } from '../mistakes/mistakes.js';
import { MistakesFound } from '../mistakes/mistakesFound.js';

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

/** What a profile file describes: a shipped one by name, or a path. Throws `MistakesFound`. */
export function openHardware(nameOrFile: string): ResolvedHardware {
  return resolveHardwareProfile(readProfile(hardwareProfileSchema, fileOf(nameOrFile, '')));
}

/** The accelerator of a profile that is known to describe one. */
export function openAccelerator(nameOrFile: string): Accelerator {
  const hardware = openHardware(nameOrFile);
  invariant(hardware.kind === 'accelerator', `${nameOrFile} is a host`);
  return hardware.accelerator;
}

/** A model by the name of its shipped profile, or by the path of one. Throws `MistakesFound`. */
export function openArchitecture(nameOrFile: string): ModelArchitecture {
  return resolveModelProfile(readProfile(modelProfileSchema, fileOf(nameOrFile, 'models')));
}

/** What is wrong with a reference to a profile that is neither a path nor the name of a shipped one. */
export function unknownProfile(
  nameOrFile: string,
  folder: 'hardware-profiles' | 'hardware-profiles/models',
): Finding | undefined {
  const known = libraryNames(folder);
  if (isFile(nameOrFile) || known.includes(nameOrFile)) return undefined;
  const what = folder === 'hardware-profiles' ? 'hardware profile' : 'model';
  return unknownName(what, nameOrFile, known, []);
}

/** Path of a shipped profile, or the path itself. */
export function fileOf(nameOrFile: string, folder: string): string {
  return isFile(nameOrFile) ? nameOrFile : join(profileFolder, folder, `${nameOrFile}.yaml`);
}

function isFile(nameOrFile: string): boolean {
  return nameOrFile.includes('/') || nameOrFile.endsWith('.yaml');
}

function readProfile<Profile>(schema: z.ZodType<Profile>, file: string): Profile {
  const read = readDocument(file, shownName(file));
  if (!read.ok) throw new MistakesFound(read.mistakes, read.exitCode);
  const mistakes = mistakeList();
  const profile = readPart(schema, read.document.tree, [], reportTo(read.document, mistakes));
  if (profile === undefined) throw new MistakesFound(mistakes.sorted());
  return profile;
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
