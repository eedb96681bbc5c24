import { z } from 'zod';
import type { Law } from '../../sim/laws/law.js';
import { fields } from './fields.js';
import { describeFound, inputForms, inputSchema, isMapping, readPart } from './inputSchema.js';
import { type LawForm, lawTrims } from './lawForms.js';
import { numberSchema } from './numberSchema.js';

interface Part {
  readonly weight: number;
  readonly law: Law;
}

const weightSchema = numberSchema({ name: 'a weight', min: 0, max: 1e12 });

/** The notation of mixtures: `mix: [ { weight: 1, median: 3s, sigma: 1 }, { weight: 2, value: 5s } ]`. */
export function weightedLaws(law: z.ZodType<Law>, quantity: z.ZodType<number>): LawForm {
  const name = inputForms.get(quantity)?.name ?? 'number';
  const about = 'a law with its weight, such as { weight: 1, median: …, sigma: … }';
  const json = { type: 'object', required: ['weight'] };
  const part = inputSchema<Part>({ name: `${name}Part`, about, json }, (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected ${about}, found ${describeFound(input)}`,
      });
    const { weight, ...rest } = input;
    const share = readPart(weightSchema, weight, ['weight'], report);
    const partLaw = readPart(law, rest, [], report);
    if (share === undefined || partLaw === undefined) return undefined;
    return { weight: share, law: partLaw };
  });
  return {
    schema: fields({ mix: z.array(part).min(1), ...lawTrims(quantity) }),
    build(found, report) {
      const parts = found['mix'] as Part[];
      if (parts.some((each) => each.weight > 0)) return { kind: 'mixture', parts };
      return report({ code: 'E_SUM', message: 'weights sum to 0', path: ['mix'], atKey: true });
    },
  };
}
