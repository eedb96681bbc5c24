import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import { hardwareProfileSchema } from './hardwareProfileSchema.js';
import { readPart } from './inputSchema.js';
import type { Loading } from './loading.js';
import { modelProfileSchema } from './modelProfileSchema.js';
import type { DocumentPath } from './readDocument.js';
import { reportTo } from './reportTo.js';
import { type ResolvedHardware, resolveHardwareProfile } from './resolveHardwareProfile.js';
import { resolveModelProfile } from './resolveModelProfile.js';

/** The hardware profile that a value of the experiment names; undefined when it cannot be used, which is reported. */
export function openHardware(
  loading: Loading,
  written: string,
  path: DocumentPath,
): ResolvedHardware | undefined {
  const document = loading.open(written, 'hardware-profiles', path);
  if (document === undefined) return undefined;
  const report = reportTo(document, loading.mistakes);
  const profile = readPart(hardwareProfileSchema, document.tree, [], report);
  return profile && resolveHardwareProfile(profile);
}

/** The model that a value of the experiment names; undefined when it cannot be used, which is reported. */
export function openModel(
  loading: Loading,
  written: string,
  path: DocumentPath,
): ModelArchitecture | undefined {
  const document = loading.open(written, 'hardware-profiles/models', path);
  if (document === undefined) return undefined;
  const report = reportTo(document, loading.mistakes);
  const profile = readPart(modelProfileSchema, document.tree, [], report);
  return profile && resolveModelProfile(profile);
}
