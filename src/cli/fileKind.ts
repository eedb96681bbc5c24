import type { z } from 'zod';
import { hardwareProfileKeys, hardwareProfileSchema } from '../config/hardwareProfileSchema.js';
import { isMapping } from '../config/inputSchema.js';
import { modelProfileSchema } from '../config/modelProfileSchema.js';
import { experimentKeys } from '../config/readSections.js';
import { workloadKeys, workloadSchema } from '../config/workloadSchema.js';

/** What a file beside experiments describes. */
export interface PartKind {
  readonly name: string;
  readonly schema: z.ZodType;
}

const kinds: readonly { readonly keys: readonly string[]; readonly part?: PartKind }[] = [
  { keys: experimentKeys },
  { keys: workloadKeys, part: { name: 'workload', schema: workloadSchema } },
  {
    keys: Object.keys(modelProfileSchema.shape),
    part: { name: 'model profile', schema: modelProfileSchema },
  },
  { keys: hardwareProfileKeys, part: { name: 'hardware profile', schema: hardwareProfileSchema } },
];

/**
 * The kind of file of which a document has the most keys that no other kind has, so that one key which is missing
 * or misspelt does not make it another. Undefined: an experiment, also when nothing tells.
 */
export function partKind(tree: unknown): PartKind | undefined {
  if (!isMapping(tree)) return undefined;
  let best = kinds[0]!;
  let most = 0;
  for (const kind of kinds) {
    const isOwn = (key: string) =>
      kinds.every((other) => (other === kind) === other.keys.includes(key));
    const count = Object.keys(tree).filter(isOwn).length;
    if (count > most) [best, most] = [kind, count];
  }
  return best.part;
}
