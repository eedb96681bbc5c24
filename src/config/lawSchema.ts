import type { z } from 'zod';
import type { Law } from '../../sim/laws/law.js';
import { inputForms, inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { type LawForm, type LawOptions, lawForms } from './lawForms.js';
import { weightedLaws } from './lawMixture.js';
import { type Trims, trimmedLaw, trimsFit } from './lawTrims.js';
import { suggestion } from './nearestName.js';

/**
 * A zod schema of laws of a quantity. Files write a constant (`95ms`), a lognormal law by its parameters
 * (`{ median: 0.85s, sigma: 2.4 }`, `{ p50: 1s, p90: 4s }`), a law by name (`{ gamma: { mean: 3s, cv: 2 } }`) or
 * by kind (`{ kind: gamma, mean: 3s, cv: 2 }`), observed values (`{ values: { 1: 0.85, 2: 0.15 } }`) or a
 * mixture (`{ mix: [ { weight: 1, … }, … ] }`), each with the trims `plus`, `round`, `min` and `max`.
 */
export function law(quantity: z.ZodType<number>, options: LawOptions = {}): z.ZodType<Law> {
  const kind = inputForms.get(quantity);
  const about = `a law of ${kind?.about ?? 'numbers'}`;
  const forms = lawForms(quantity, options);
  const schema: z.ZodType<Law> = inputSchema(
    {
      name: `${kind?.name ?? 'number'}Law`,
      about,
      anyOf: () => [quantity, ...[...forms.values()].map((form) => form.schema)],
    },
    (input, report) => {
      if (isMapping(input)) return readLaw(input, forms, options, report);
      const value = readPart(quantity, input, [], report);
      return value === undefined ? undefined : { kind: 'constant', value };
    },
  );
  forms.set('mix', weightedLaws(schema, quantity));
  return schema;
}

type Forms = ReadonlyMap<string, LawForm>;

function readLaw(
  input: Readonly<Record<string, unknown>>,
  forms: Forms,
  options: LawOptions,
  report: Report,
): Law | undefined {
  const form = formOf(input, forms, report);
  if (form === undefined) return undefined;
  const found = readPart(form.schema, input, [], report);
  if (found === undefined) return undefined;
  if (!trimsFit(found, input, report)) return undefined;
  const kind = form.build(found, report);
  return kind && trimmedLaw(kind, found as Trims, options);
}

/** The notation that the keys tell. */
function formOf(
  input: Readonly<Record<string, unknown>>,
  forms: Forms,
  report: Report,
): LawForm | undefined {
  const keys = Object.keys(input);
  const named = keys.filter((key) => forms.has(key));
  const [first, second] = named;
  if (second !== undefined)
    return report({
      code: 'E_DIST',
      message: `one law is expected, found ${first} and ${second}`,
      path: [second],
      atKey: true,
    });
  if (first !== undefined) return forms.get(first);
  const flat = forms.get('')!;
  if (keys.some((key) => key !== 'mean' && key !== 'cv' && Object.hasOwn(parametersOf(flat), key)))
    return flat;
  if (keys.includes('mean'))
    return report({
      code: 'E_DIST',
      message: keys.includes('cv')
        ? 'mean and cv do not say which law'
        : 'a mean alone does not say how the quantity varies',
      hint: 'Add kind: exponential, gamma or lognormal, or write the constant without "mean"',
    });
  const unknown = keys.find((key) => !trimKeys.includes(key));
  const known = [...forms.keys()].filter((name) => name !== '');
  const hint = suggestion(unknown ?? '', known) ?? `Possible: ${known.join(', ')}`;
  return report({
    code: 'E_DIST',
    message: unknown === undefined ? 'no law is given' : `"${unknown}" is not a law`,
    hint,
    ...(unknown === undefined ? {} : { path: [unknown], atKey: true }),
  });
}

const trimKeys: readonly string[] = ['plus', 'round', 'min', 'max', 'weight'];

function parametersOf(flat: LawForm): Readonly<Record<string, unknown>> {
  const { plus, round, min, max, ...parameters } = flat.schema.shape;
  return parameters;
}
