import type { z } from 'zod';
import { tierLoads, tierPrefetches, tierWrites } from '../../sim/fleet/tierOptions.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { inputSchema, isMapping, readPart } from './inputSchema.js';
import { bytes, bytesPerSec, durationMs, tokens } from './quantity.js';

/** Who shares a store of a tier. */
const tierScopes = ['replica', 'host', 'pool'] as const;

const tierKeys = fields({
  name: id.describe('A tier of the hardware profile, or a name of its own.'),
  capacity: bytes
    .optional()
    .describe('Of one store (default: as the profile says, for each accelerator that uses it).'),
  bandwidth: bytesPerSec
    .optional()
    .describe('Of one store, in each direction (default: as its capacity).'),
  latency: durationMs
    .optional()
    .describe('Added to each load (default: as the profile says, or none).'),
  scope: choice('who shares a store', tierScopes)
    .optional()
    .describe(
      'A store per replica, per host (the scale-up domain) or for the pool (default: as the profile says, or replica).',
    ),
  write: choice('a way of writing', tierWrites)
    .optional()
    .describe(
      'through (default): it gets every context when its call ends. back: what the tier above evicts.',
    ),
});

/** One memory tier of a pool: its name in the hardware profile, or a mapping. */
export const tierSchema = inputSchema<z.infer<typeof tierKeys>>(
  { name: 'tier', about: 'a memory tier', anyOf: () => [id, tierKeys] },
  (input, report) =>
    readPart(tierKeys, isMapping(input) ? input : { name: input }, [], (finding) =>
      // Written short, the name is the value itself.
      report(isMapping(input) ? finding : { ...finding, path: [] }),
    ),
);

/** What a hardware profile may say of who shares a tier. */
export const tierScope = choice('who shares a store', tierScopes);

/** When contexts are loaded from tiers. */
export const tierLoadSchema = fields({
  when: choice('when to load', tierLoads)
    .default('when-faster')
    .describe(
      'when-faster: if that is estimated to be faster than to compute the tokens; or always.',
    ),
  minTokens: tokens.default(0).describe('Fewer tokens are computed (default 0).'),
  prefetch: choice('when loads begin', tierPrefetches)
    .default('arrival')
    .describe(
      'arrival (default): when a request is at its replica. tool-return: of calls of agents, when the step before the call has ended, by a hint that passes the gateway at once.',
    ),
});

export type WrittenTier = z.infer<typeof tierKeys>;
