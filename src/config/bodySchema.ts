import type { z } from 'zod';
import type { Body, Step } from '../../sim/agents/taskGraph.js';
import { controlSteps, type ReadBody } from './controlSteps.js';
import { fields } from './fields.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { leafSteps } from './leafSteps.js';
import { oneOrMore } from './lists.js';
import { suggestion } from './nearestName.js';
import { orderSteps } from './orderSteps.js';
import { type StepPart, startNotes } from './stepPart.js';

const maxSteps = 20_000;

/** One step of a list, as read. */
interface ReadStep extends StepPart {
  readonly id: string;
  readonly after: readonly string[];
}

/**
 * A list of steps: `[ { id: think, infer: … }, { id: act, after: [think], tool: … } ]`. Steps that wait for
 * no other start at once, whatever their place in the list.
 */
export const bodySchema: z.ZodType<ReadBody> = inputSchema<ReadBody>(
  { name: 'steps', about: 'a list of steps', anyOf: () => [stepSchema.array().min(1)] },
  (input, report) => {
    if (!Array.isArray(input))
      return report({
        code: 'E_TYPE',
        message: `expected a list of steps, found ${describeFound(input)}`,
      });
    if (input.length === 0)
      return report({ code: 'E_REQUIRED', message: 'the list of steps is empty' });
    if (input.length > maxSteps)
      return report({ code: 'E_LIMIT', message: `more than ${maxSteps} steps` });
    const steps = input.map((item, index) => readPart(stepSchema, item, [index], report));
    reportTwins(steps, report);
    if (steps.includes(undefined)) return undefined;
    return bodyOf(steps as ReadStep[], report);
  },
);

const oneStepSchema: z.ZodType<ReadBody> = inputSchema<ReadBody>(
  { name: 'oneStep', about: 'one step', anyOf: () => [stepSchema] },
  (input, report) => {
    const step = readPart(stepSchema, input, [], report);
    const body = step && bodyOf([step], (finding) => report(unlisted(finding)));
    return step && body && { ...body, needs: step.needs, warnings: step.warnings };
  },
);

/** A step that stands alone has no index. */
function unlisted<Finding extends { readonly path?: readonly (string | number)[] }>(
  finding: Finding,
): Finding {
  return { ...finding, path: (finding.path ?? []).slice(1) };
}

const kindSchemas = { ...leafSteps, ...controlSteps(bodySchema, () => oneStepSchema) };
type Kind = keyof typeof kindSchemas;
const kinds = Object.keys(kindSchemas) as Kind[];

const place = {
  id: id.optional().describe('Name within its list (default: the name of its kind).'),
  after: oneOrMore('a step or a list of them', id)
    .optional()
    .describe('Steps of the same list that must have ended before this one starts.'),
};
const schemaByKind = Object.fromEntries(
  kinds.map((kind) => [kind, fields({ ...place, [kind]: kindSchemas[kind] })]),
) as unknown as Readonly<Record<Kind, z.ZodType<WrittenStep>>>;

type WrittenStep = { readonly id?: string; readonly after?: readonly string[] } & {
  readonly [Key in Kind]?: StepPart;
};

/** One step: its name, the steps it waits for, and what it does. */
const stepSchema: z.ZodType<ReadStep> = inputSchema<ReadStep>(
  { name: 'step', about: 'a step', anyOf: () => Object.values(schemaByKind) },
  (input, report) => {
    if (!isMapping(input))
      return report({ code: 'E_TYPE', message: `expected a step, found ${describeFound(input)}` });
    const kind = kindOf(input, report);
    const written = kind && readPart(schemaByKind[kind], input, [], report);
    if (kind === undefined || written === undefined) return undefined;
    const { notes, needs, warnings } = startNotes(report);
    const part = written[kind]!;
    notes.include(part, [kind]);
    return {
      id: written.id ?? kind,
      after: written.after ?? [],
      work: part.work,
      needs,
      warnings,
    };
  },
);

/** The one key that says what a step does. */
function kindOf(input: Readonly<Record<string, unknown>>, report: Report): Kind | undefined {
  const [first, second] = kinds.filter((kind) => Object.hasOwn(input, kind));
  if (second !== undefined)
    return report({
      code: 'E_STEP',
      message: `a step does one thing, found ${first} and ${second}`,
      path: [second],
      atKey: true,
    });
  if (first !== undefined) return first;
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(place, key));
  if (unknown === undefined)
    return report({ code: 'E_STEP', message: `a step needs one of ${kinds.join(', ')}` });
  const hint = suggestion(unknown, kinds);
  return report({
    code: 'E_STEP',
    message: `"${unknown}" is not a kind of step`,
    path: [unknown],
    atKey: true,
    ...(hint === undefined ? {} : { hint }),
  });
}

function reportTwins(steps: readonly (ReadStep | undefined)[], report: Report): void {
  const seen = new Set<string>();
  for (const [index, step] of steps.entries()) {
    if (step === undefined) continue;
    if (seen.has(step.id))
      report({
        code: 'E_DUP_ID',
        message: `another step of this list is called ${step.id}`,
        path: [index, 'id'],
        hint: 'Give each an id of its own',
      });
    seen.add(step.id);
  }
}

function bodyOf(steps: readonly ReadStep[], report: Report): ReadBody | undefined {
  const order = orderSteps(steps, report);
  if (order === undefined) return undefined;
  const { notes, needs, warnings } = startNotes(report);
  steps.forEach((step, index) => {
    notes.include(step, [index]);
  });
  const body: Body = {
    steps: order.map(({ index, after }) => {
      const { id, work } = steps[index]!;
      // Each kind of work is one of the kinds of steps without its place.
      return { id, after, ...work } as Step;
    }),
  };
  return { body, needs, warnings };
}
