import type { z } from 'zod';
import type { LawKind } from '../../sim/laws/law.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { inputForms, inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { lognormalKeys, lognormalLaw } from './lognormalForm.js';
import { numberSchema } from './numberSchema.js';

/** How a law of this quantity is read. */
export interface LawOptions {
  /** Only whole numbers make sense (tokens, counts): continuous laws are rounded unless the file says how. */
  readonly whole?: boolean;
}

/** One notation of laws: the keys it has, and the law that they mean. */
export interface LawForm {
  readonly schema: z.ZodObject;
  /** Undefined: its parameters contradict each other, which has been reported. */
  build(found: Readonly<Record<string, unknown>>, report: Report): LawKind | undefined;
}

type Numbers = Readonly<Record<string, number | undefined>>;

/** The notations of laws of a quantity by the key that tells them; '' is the lognormal law without its name. */
export function lawForms(quantity: z.ZodType<number>, options: LawOptions): Map<string, LawForm> {
  const trims = lawTrims(quantity);
  const named = (name: string, parameters: z.ZodRawShape): [string, LawForm] => {
    const build = (found: Readonly<Record<string, unknown>>, report: Report) =>
      namedLaw(name, found[name] as Numbers, report);
    return [name, { schema: fields({ [name]: fields(parameters), ...trims }), build }];
  };
  const { mean: _mean, cv: _cv, ...flat } = lognormalKeys(quantity);
  return new Map<string, LawForm>([
    ['', { schema: fields({ ...flat, ...trims }), build: lognormalOfFlat }],
    ['value', { schema: fields({ value: quantity, ...trims }), build: constantLaw }],
    ['kind', { schema: fields({ ...kindKeys(quantity), ...trims }), build: lawOfKind }],
    ['values', { schema: fields({ values: observed(quantity), ...trims }), build: empiricalLaw }],
    named('uniform', { min: quantity, max: quantity }),
    named('exponential', { mean: quantity }),
    named('lognormal', lognormalKeys(quantity)),
    named('gamma', { mean: quantity, cv: positive('cv') }),
    named('pareto', { min: quantity, alpha: positive('alpha') }),
    named('weibull', { scale: quantity, shape: positive('shape') }),
    ...(options.whole === true ? [named('zipf', zipfKeys)] : []),
  ]);
}

/** Keys that trim any law, applied in this order. */
export function lawTrims(quantity: z.ZodType<number>) {
  return {
    plus: quantity.optional().describe('Added to every draw.'),
    round: choice('a rounding', ['down', 'nearest', 'up'])
      .optional()
      .describe('Rounds to whole numbers.'),
    min: quantity.optional().describe('Draws below it become it.'),
    max: quantity.optional().describe('Draws above it become it.'),
  };
}

const zipfKeys = {
  count: numberSchema({ name: 'a count', min: 1, max: 1_000_000, whole: true }),
  exponent: numberSchema({ name: 'an exponent', min: 0, max: 100, rangeCode: 'E_DIST' }),
};

const kindNames = ['exponential', 'gamma', 'lognormal'] as const;

function kindKeys(quantity: z.ZodType<number>) {
  return {
    kind: choice('a kind of law by its mean', kindNames),
    mean: quantity,
    cv: positive('cv').optional(),
  };
}

function positive(name: string): z.ZodType<number> {
  return numberSchema({ name, min: 0, aboveMin: true, max: 1000, rangeCode: 'E_DIST' });
}

function namedLaw(name: string, parameters: Numbers, report: Report): LawKind | undefined {
  if (name === 'lognormal') return lognormalLaw(parameters, report, [name]);
  const { min, max } = parameters;
  if (name === 'uniform' && min! > max!)
    return report({
      code: 'E_DIST',
      message: 'uniform: min is larger than max',
      path: [name, 'min'],
      atKey: true,
    });
  const scaleName = name === 'pareto' ? 'min' : name === 'weibull' ? 'scale' : 'mean';
  if (name !== 'uniform' && parameters[scaleName] === 0)
    return report({
      code: 'E_DIST',
      message: `${name}: ${scaleName} must be greater than 0`,
      path: [name, scaleName],
    });
  // The schema of a named law has exactly the parameters of its kind.
  return { kind: name, ...parameters } as unknown as LawKind;
}

function lognormalOfFlat(found: Readonly<Record<string, unknown>>, report: Report) {
  const { plus, round, min, max, ...parameters } = found;
  return lognormalLaw(parameters as Numbers, report, []);
}

function constantLaw(found: Readonly<Record<string, unknown>>): LawKind {
  return { kind: 'constant', value: found['value'] as number };
}

function lawOfKind(found: Readonly<Record<string, unknown>>, report: Report): LawKind | undefined {
  const { kind, mean, cv } = found as {
    kind: (typeof kindNames)[number];
    mean: number;
    cv?: number;
  };
  if (mean === 0)
    return report({ code: 'E_DIST', message: 'mean must be greater than 0', path: ['mean'] });
  if (kind === 'exponential') {
    if (cv === undefined) return { kind, mean };
    return report({
      code: 'E_DIST',
      message: 'an exponential law has no cv',
      path: ['cv'],
      atKey: true,
    });
  }
  if (cv === undefined)
    return report({ code: 'E_DIST', message: `${kind} by its mean needs a cv` });
  if (kind === 'gamma') return { kind, mean, cv };
  return lognormalLaw({ mean, cv }, report, []);
}

function empiricalLaw(found: Readonly<Record<string, unknown>>, report: Report) {
  const { values, weights } = found['values'] as { values: number[]; weights?: number[] };
  if (weights === undefined) return { kind: 'empirical', values } as const;
  if (weights.some((weight) => weight > 0)) return { kind: 'empirical', values, weights } as const;
  return report({ code: 'E_SUM', message: 'weights sum to 0', path: ['values'], atKey: true });
}

const weightSchema = numberSchema({ name: 'a weight', min: 0, max: 1e12 });

/** Observed values: a list, or a mapping from the value to its weight. */
function observed(quantity: z.ZodType<number>) {
  const name = inputForms.get(quantity)?.name ?? 'number';
  const about = 'a list of values, or a mapping from value to weight';
  const form = { name: `${name}Values`, about, json: { type: ['array', 'object'] } };
  return inputSchema<{ values: number[]; weights?: number[] }>(form, (input, report) => {
    if (Array.isArray(input) && input.length > 0) {
      const values = input.map((value, index) => readPart(quantity, value, [index], report));
      return values.includes(undefined) ? undefined : { values: values as number[] };
    }
    if (!isMapping(input) || Object.keys(input).length === 0)
      return report({ code: 'E_TYPE', message: `expected ${about}` });
    return readWeighted(input, quantity, report);
  });
}

/** Sorted by value: the order of keys in a file does not matter. */
function readWeighted(
  input: Readonly<Record<string, unknown>>,
  quantity: z.ZodType<number>,
  report: Report,
): { values: number[]; weights: number[] } | undefined {
  const pairs: [value: number, weight: number][] = [];
  for (const [key, weight] of Object.entries(input)) {
    const value = readPart(quantity, /^[\d.]+$/.test(key) ? Number(key) : key, [key], report);
    const share = readPart(weightSchema, weight, [key], report);
    if (value === undefined || share === undefined) return undefined;
    pairs.push([value, share]);
  }
  pairs.sort(([a], [b]) => a - b);
  return { values: pairs.map(([value]) => value), weights: pairs.map(([, weight]) => weight) };
}
