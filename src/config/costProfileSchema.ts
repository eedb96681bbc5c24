import type { z } from 'zod';
import { precisions } from '../../sim/hardware/deployment.js';
import { axis, checkLength } from './axisSchema.js';
import { checked } from './checkedSchema.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { id, mapOf } from './idSchema.js';
import { label } from './labelSchema.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { provenance, sourceDate, sourced } from './provenanceSchema.js';
import { durationMs, ratio, relativeError, tokens, tokensPerSec } from './quantity.js';
import { tagged } from './taggedSchema.js';

const costKind = <const Kind extends string>(kind: Kind) => choice('a cost model', [kind]);

const measuredRange = fields({
  models: id.array().min(1).describe('Model profiles.'),
  weights: choice('a precision', precisions).array().min(1).describe('Precisions of the weights.'),
  accelerators: countUpTo(1024).array().length(2).describe('Fewest and most of a replica.'),
  sequences: countUpTo(100_000).describe('Most in a batch.'),
  context: tokens.describe('Longest context.'),
});

const measuredCell = fields({
  model: id.describe('Model profile.'),
  weights: choice('a precision', precisions).describe('Precision of the weights.'),
  error: relativeError.describe(
    'Mean absolute relative error of iterations or of TPOT, whichever is more.',
  ),
  heldOut: relativeError.optional().describe('The same by a fit that did not see this cell.'),
  ttft: relativeError.optional().describe('The same of TTFT. Default: not measured.'),
});

const fitted = fields({
  status: choice('a status', ['fitted']),
  on: label.describe('The measurements.'),
  engine: label.describe('Engine and version measured.'),
  date: sourceDate,
  error: ratio.describe('Mean absolute relative error on the measurements.'),
  heldOut: ratio
    .optional()
    .describe('The same on measurements that the fit did not see: whole models or machines.'),
  measured: measuredRange
    .optional()
    .describe(
      'What was measured; beyond it, times are extrapolated. Default: not recorded, so all are.',
    ),
  cells: measuredCell
    .array()
    .optional()
    .describe('Errors of single models and precisions. Default: those above hold for all.'),
});

const estimated = fields({
  status: choice('a status', ['estimate']),
  band: relativeError.describe('Half-width of the band around the times.'),
  otherModels: fields({
    dense: relativeError.optional(),
    experts: relativeError.optional(),
  })
    .optional()
    .describe('The same for models without a time of their own in byModel (default: band).'),
  because: label.describe('Why no measurement stands behind it.'),
});

type CalibrationProfile = z.infer<typeof fitted> | z.infer<typeof estimated>;
const calibration = tagged<CalibrationProfile>('a calibration', 'status', {
  fitted,
  estimate: estimated,
});

const efficiency = fields({
  ...provenance,
  matmul: ratio.describe('Of the dense peak of this precision, by matrix multiplications.'),
  weights: ratio.describe('Of the memory bandwidth, while weights stream.'),
  kv: ratio.describe('Of the memory bandwidth, while decode attention reads KV.'),
  attention: ratio.describe('Of the bf16 peak, by attention over long prompts.'),
  perLayer: durationMs.describe('Start-up of the kernels of one layer.'),
  oneToken: numberSchema({ name: 'a factor', min: 0.1, max: 10 })
    .default(1)
    .describe('Time of streaming weights for one token against several (default 1).'),
  oneTokenPerLayer: durationMs
    .optional()
    .describe('Extra start-up of a layer for a single token (default none).'),
});

const host = fields({
  ...provenance,
  perIteration: durationMs.describe('Host time of an iteration.'),
  perRow: durationMs.describe('Host time of a sequence in it.'),
  sync: durationMs.describe('Added to every asynchronous iteration.'),
});

const roofline = fields({
  kind: costKind('roofline'),
  calibration,
  efficiency: fields({
    bf16: efficiency.describe('Stands in for every precision that is missing.'),
    fp8: efficiency.optional(),
    int8: efficiency.optional(),
    fp4: efficiency.optional(),
    int4: efficiency.optional(),
  }),
  experts: fields({
    ...provenance,
    matmulShare: ratio.describe('Rate of grouped matrix multiplications against dense ones.'),
    perLayer: durationMs.describe('Extra start-up time of a layer with experts.'),
    paddingTokens: numberSchema({ name: 'a number of rows', min: 0, max: 10_000 }).describe(
      'Rows of padding per touched expert.',
    ),
  }),
  perSequence: sourced(durationMs).describe('Fixed attention time per sequence and layer.'),
  unfused: fields({
    ...provenance,
    perLayer: durationMs.describe('Norms, rotary embedding and activation functions.'),
    activationTraffic: numberSchema({ name: 'a factor', min: 0, max: 100 }).describe(
      'Their bytes, as a multiple of one pass.',
    ),
  }),
  host,
});

const modelSpeed = fields({
  ...provenance,
  layer: durationMs.describe('Time of a token in one layer.'),
  prefill: tokensPerSec.optional().describe('Prompt tokens per second per chip or wafer.'),
});

const pipeline = fields({
  kind: costKind('pipeline'),
  calibration,
  layer: fields({
    ...provenance,
    dense: durationMs.describe('Time of a token in one layer of a dense model.'),
    experts: durationMs.describe('Time of a token in one layer with experts.'),
  }),
  byModel: mapOf('the speed of a model', modelSpeed)
    .optional()
    .describe('Models whose public speed is known.'),
  hop: sourced(durationMs).describe('From one chip or wafer to the next.'),
  tokensPerStage: sourced(countUpTo(10_000)).describe('Tokens that a layer works on at once.'),
  attention: fields({
    ...provenance,
    kv: ratio.describe('Of the memory bandwidth, by decode attention.'),
    compute: ratio.describe('Of the bf16 peak, by decode attention.'),
  }),
  prefill: sourced(ratio).describe('Share of the bf16 peak that prefill reaches.'),
});

const times = durationMs.array().min(1).array().min(1);

const decodeTable = fields({
  ...provenance,
  rows: axis(countUpTo(100_000)).describe('Sequences in the batch.'),
  contextTokens: axis(tokens).describe('Tokens of context per sequence.'),
  times: times.describe('A list per number of rows, with a time per context.'),
});

const prefillTable = fields({
  ...provenance,
  tokens: axis(tokens).describe('Prompt tokens computed.'),
  priorTokens: axis(tokens).describe('Tokens before them.'),
  times: times.describe('A list per number of tokens, with a time per prior context.'),
});

const table = fields({
  kind: costKind('table'),
  calibration,
  decode: checked('a table of decode times', decodeTable, (found, report) => {
    checkLength(found.times, found.rows.length, ['times'], report);
    found.times.forEach((line, index) => {
      checkLength(line, found.contextTokens.length, ['times', index], report);
    });
  }),
  prefill: checked('a table of prefill times', prefillTable, (found, report) => {
    checkLength(found.times, found.tokens.length, ['times'], report);
    found.times.forEach((line, index) => {
      checkLength(line, found.priorTokens.length, ['times', index], report);
    });
  }),
  host,
});

/** How the time of an iteration is computed on an accelerator, with the numbers that takes. */
export type CostProfile =
  | z.infer<typeof roofline>
  | z.infer<typeof pipeline>
  | z.infer<typeof table>;

export const costProfileSchema = tagged<CostProfile>('a cost model', 'kind', {
  roofline,
  pipeline,
  table,
});
