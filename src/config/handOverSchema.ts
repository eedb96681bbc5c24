import { choice, flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { label } from './labelSchema.js';
import { durationMs, tokens } from './quantity.js';

/** `handOver:` of an engine pool: its requests go on in another pool when their prompts are computed. */
export const handOverSchema = fields({
  to: id.describe('Pool that decodes; it takes no other requests.'),
  firstToken: choice('who gives the first token', ['prefill', 'decode'])
    .default('prefill')
    .describe(
      'prefill (default): the pool that computes the prompt. decode: the other one, which computes the last prompt token again.',
    ),
  minTokens: tokens
    .default(0)
    .describe(
      'Prompts of which fewer tokens than this are not cached where they will decode are computed there (default 0: none).',
    ),
  layerwise: flag
    .default(false)
    .describe('KV goes out layer by layer while the prompt is computed. An approximation.'),
  returnKv: flag
    .default(false)
    .describe('KV of the output goes back to the prefill replica, for the next call to find.'),
  latency: durationMs.default(0).describe('Added to each transfer (default none).'),
  spillAt: fields({
    queueTime: durationMs.describe('Age of the request first in line at the decode pool.'),
  })
    .optional()
    .describe('From then on requests stay in this pool.'),
  assumeReadable: label
    .optional()
    .describe(
      'Why KV is taken to be readable there, where the profiles do not say so. Without it the other pool computes prompts again.',
    ),
});
