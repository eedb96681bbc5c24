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

const pin = fields({
  pin: fields({
    for: positiveDurationMs.describe(
      'A context is held so long after a call that a gap follows, or until its next call is admitted.',
    ),
  }),
});

/** `engine.retention` of a pool. */
export const retentionSchema = inputSchema<Retention>(
  {
    name: 'retention',
    about: 'lru, offload, cost-based, { ttl: 8min }, or { pin: { for: 2min } }',
    anyOf: () => [word, timeToLive, pin],
  },
  (input, report) => {
    if (isMapping(input)) {
      if (Object.hasOwn(input, 'pin')) {
        const held = readPart(pin, input, [], report);
        return held && { overGaps: { kind: 'pin', forMs: held.pin.for } };
      }
      const read = readPart(timeToLive, input, [], report);
      return read && { ttlMs: read.ttl };
    }
    const kind = readPart(word, input, [], report);
    return kind && (kind === 'lru' ? {} : { overGaps: { kind } });
  },
);
