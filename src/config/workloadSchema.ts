import { flag } from './choiceSchema.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { label } from './labelSchema.js';
import { law } from './lawSchema.js';
import { tokens } from './quantity.js';
import { schemaVersion } from './schemaVersion.js';

const tokenLaw = law(tokens, { whole: true });

const sharedPrefix = fields({
  id: id.describe('Requests with the same id begin with the same tokens.'),
  tokens: tokens.describe('Length of the prefix.'),
});

/** What one request of a workload is. */
export const requestSchema = fields({
  model: id.describe(
    'Model role that the request asks for; the experiment says which model plays it.',
  ),
  prompt: tokenLaw.describe('Tokens of the prompt after the shared prefix; at least 1.'),
  output: tokenLaw.describe('Tokens of the answer; at least 1.'),
  shared: sharedPrefix
    .optional()
    .describe('A prefix that all requests begin with: a system prompt.'),
});

const workloadKeys = {
  about: label.optional().describe('What it stands for, in one line.'),
  interactive: flag.default(true).describe('A human waits for the answer.'),
  request: requestSchema.describe('The one call that makes up a task of this workload.'),
  sources: label.array().optional().describe('Where its figures come from.'),
};

/** A workload written inside an experiment. */
export const inlineWorkloadSchema = fields(workloadKeys);

/** A workload file: `workloads/*.yaml`. */
export const workloadSchema = fields({ inflow: schemaVersion, name: id, ...workloadKeys });
