import type { GapRetention } from '../../sim/engine/gapRetention.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { inputSchema, isMapping, readPart } from './inputSchema.js';
import { positiveDurationMs } from './quantity.js';

/** What becomes of cached blocks that nobody uses; without either part they stay until evicted. */
export interface Retention {
  /** A time to live. */
  readonly ttlMs?: number;
  readonly overGaps?: GapRetention;
}

const word = choice('a retention', ['lru', 'offload', 'cost-based']);
const timeToLive = fields({
  ttl: positiveDurationMs.describe('Cached blocks that nobody has used for longer are gone.'),
});

/** `engine.retention` of a pool. */
export const retentionSchema = inputSchema<Retention>(
  {
    name: 'retention',
    about: 'lru, offload, cost-based, or { ttl: 8min }',
    anyOf: () => [word, timeToLive],
  },
  (input, report) => {
    if (isMapping(input)) {
      const read = readPart(timeToLive, input, [], report);
      return read && { ttlMs: read.ttl };
    }
    const kind = readPart(word, input, [], report);
    return kind && (kind === 'lru' ? {} : { overGaps: { kind } });
  },
);
