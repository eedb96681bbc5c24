import { admissionOrders } from '../../sim/engine/admissionOrder.js';
import { choice, flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { graphSizes } from './graphSizesSchema.js';
import { describeFound, inputSchema } from './inputSchema.js';
import { countUpTo } from './numberSchema.js';
import { retentionSchema } from './retentionSchema.js';
import { speculationSchema } from './speculationSchema.js';

const blockSizes: readonly unknown[] = [16, 64, 128];

const blockTokens = inputSchema<number>(
  { name: '', about: 'a block size: 16, 64 or 128', json: { enum: blockSizes } },
  (input, report) =>
    blockSizes.includes(input)
      ? (input as number)
      : report({
          code: 'E_VALUE',
          message: `expected 16, 64 or 128, found ${describeFound(input)}`,
        }),
);

/** How the engine of a pool schedules: `engine:` of an engine pool. Defaults are those of vLLM 0.19. */
export const engineOptionsSchema = fields({
  async: flag
    .default(true)
    .describe('The next batch is formed while one runs; host work hides behind device work.'),
  wholeSequenceAdmission: flag
    .default(true)
    .describe('A request starts only if its whole prompt fits, not just its first chunk.'),
  prefixCache: flag.default(true).describe('Blocks of earlier prompts are reused.'),
  retention: retentionSchema
    .optional()
    .describe(
      'What becomes of cached blocks that nobody uses: they stay until evicted (lru, default), or { ttl: 8min } at most. When a call ends and the next one of its context comes after a gap: offload leaves the context to the tiers, cost-based keeps it or not, whichever wastes less memory, { pin: { for: 2min } } holds it for so long unless a running sequence lacks blocks.',
    ),
  blockTokens: blockTokens.default(16).describe('Tokens of a KV block.'),
  maxSequences: countUpTo(65_536).default(256).describe('Sequences in a batch.'),
  maxBatchTokens: countUpTo(10_000_000)
    .default(8192)
    .describe('Tokens computed in an iteration; at least maxSequences.'),
  order: choice('an order of admission', admissionOrders)
    .optional()
    .describe(
      'In which order waiting requests are admitted (default fcfs). priority and deadline are keys of populations and infer steps; least-attained-service goes by the tokens that earlier calls of the task were given.',
    ),
  speculation: speculationSchema
    .optional()
    .describe('Speculative decoding (default none): drafts that are checked in one iteration.'),
  graphSizes: graphSizes
    .default([])
    .describe(
      'Batch sizes of captured decode graphs: a batch is padded to the next. Default none: no padding. vllm: those of vLLM, 1, 2, 4, 8, 16, 24, … 512.',
    ),
});
