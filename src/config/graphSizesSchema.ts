import { choice } from './choiceSchema.js';
import { inputSchema, readPart } from './inputSchema.js';
import { countUpTo } from './numberSchema.js';

const sizes = countUpTo(65_536).array().max(1000);
const known = choice('a known list of batch sizes', ['vllm']);

/** What vLLM 0.19 captures by default: 1, 2, 4, every 8 to 256, every 16 to 512. */
const vllmSizes = [
  ...[1, 2, 4],
  ...Array.from({ length: 32 }, (_, i) => 8 * (i + 1)),
  ...Array.from({ length: 16 }, (_, i) => 256 + 16 * (i + 1)),
];

/** Batch sizes of captured decode graphs: a list of them, or the name of a known list. */
export const graphSizes = inputSchema<number[]>(
  { name: 'graphSizes', about: 'batch sizes, or vllm', anyOf: () => [known, sizes] },
  (input, report) => {
    if (Array.isArray(input)) return readPart(sizes, input, [], report);
    return readPart(known, input, [], report) && vllmSizes;
  },
);
