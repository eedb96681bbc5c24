import type { z } from 'zod';
import { precisions } from '../../sim/hardware/deployment.js';
import { checked } from './checkedSchema.js';
import { choice, flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { label } from './labelSchema.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { provenance, sourced } from './provenanceSchema.js';
import { tokens } from './quantity.js';
import { schemaVersion } from './schemaVersion.js';
import { tagged } from './taggedSchema.js';

const size = countUpTo(10_000_000);
const parameters = numberSchema({ name: 'a number of parameters', min: 1, max: 1e15 });
const precision = choice('a precision', precisions);

const grouped = fields({
  type: choice('a type of attention', ['grouped']),
  heads: size.describe('Query heads.'),
  kvHeads: size.describe('Key-value heads that they share.'),
  headSize: size,
});

const latent = fields({
  type: choice('a type of attention', ['latent']),
  heads: size,
  queryRank: size,
  latent: size.describe('Elements of the cached latent, per token and layer.'),
  rotary: size.describe('Elements of the cached rotary key, per token and layer.'),
  key: size.describe('Per head, without position.'),
  value: size.describe('Per head.'),
});

const architecture = checked(
  'an architecture',
  fields({
    ...provenance,
    layers: size,
    hidden: size,
    vocabulary: size,
    tiedEmbeddings: flag.describe('Embedding table and output head are one matrix.'),
    attention: tagged<z.infer<typeof grouped> | z.infer<typeof latent>>('attention', 'type', {
      grouped,
      latent,
    }),
    slidingWindow: fields({
      layers: size.describe('Layers that see only the window.'),
      tokens: tokens.describe('Length of the window.'),
    }).optional(),
    feedForward: size.describe('Inner size of a dense layer.'),
    experts: fields({
      count: size.describe('Routed experts per layer.'),
      active: size.describe('Routed experts that a token passes.'),
      shared: numberSchema({ name: 'a count', min: 0, max: 1000, whole: true }),
      feedForward: size.describe('Inner size of one expert.'),
      leadingDenseLayers: numberSchema({ name: 'a count', min: 0, max: 10_000, whole: true }),
    }).optional(),
  }),
  ({ layers, attention, slidingWindow, experts }, report) => {
    const atMost = (limit: number, value: number, what: string, path: string[]) => {
      if (value > limit)
        report({ code: 'E_RANGE', message: `${value} exceeds the ${limit} ${what}`, path });
    };
    if (slidingWindow !== undefined)
      atMost(layers, slidingWindow.layers, 'layers', ['slidingWindow', 'layers']);
    if (experts !== undefined) {
      atMost(experts.count, experts.active, 'experts', ['experts', 'active']);
      atMost(layers, experts.leadingDenseLayers, 'layers', ['experts', 'leadingDenseLayers']);
    }
    if (attention.type === 'grouped')
      atMost(attention.heads, attention.kvHeads, 'heads', ['attention', 'kvHeads']);
  },
);

const weightFormat = fields({
  bytesPerParameter: numberSchema({ name: 'a number of bytes', min: 0, aboveMin: true, max: 16 }),
  storedAs: precision,
  computedIn: precision,
});

const storedWeights = fields({
  ...provenance,
  dense: weightFormat.describe('Attention, dense and shared blocks, routers.'),
  experts: weightFormat.describe('Routed experts.'),
  head: weightFormat.describe('Embedding table and output head.'),
}).optional();

/** A model profile: `hardware-profiles/models/*.yaml`. */
export const modelProfileSchema = fields({
  inflow: schemaVersion,
  name: id,
  about: label.describe('What it is, in one line.'),
  architecture,
  contextWindow: sourced(tokens).describe('Tokens of the longest context.'),
  parameters: fields({ ...provenance, total: parameters, active: parameters })
    .optional()
    .describe(
      'As published; the simulator computes with what the architecture implies, and nothing from these.',
    ),
  weights: fields({
    native: precision.describe('Precision of the published checkpoint.'),
    formats: fields({
      bf16: storedWeights,
      fp8: storedWeights,
      int8: storedWeights,
      fp4: storedWeights,
      int4: storedWeights,
    })
      .optional()
      .describe('Where checkpoints depart from all layers in one precision, head in bf16.'),
  }),
});

export type ModelProfile = z.infer<typeof modelProfileSchema>;
