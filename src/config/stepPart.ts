import type { z } from 'zod';
import type { ResourceSpec } from '../../sim/agents/resourceSpec.js';
import type { Step } from '../../sim/agents/taskGraph.js';
import type { Finding } from '../mistakes/finding.js';
import { inputSchema, type Report, readPart } from './inputSchema.js';
import type { DocumentPath } from './readDocument.js';

/** What a step is, apart from its place in a body. */
export type StepWork = WithoutPlace<Step>;
type WithoutPlace<Each> = Each extends Step ? Omit<Each, 'id' | 'after'> : never;

/** Something outside a workload that one of its steps needs: a model role, or a pool of a kind. */
export interface Need {
  readonly kind: 'role' | ResourceSpec['kind'];
  readonly name: string;
  /** Of a call to a model role: the label of its step. */
  readonly label?: string;
  /** Place of the name below what was read. */
  readonly path: DocumentPath;
  /** File and line of the step, where the path leads to the workload that it stands in. */
  readonly askedAt?: string;
}

/** Something read from a workload, with what it needs and what looks odd about it. */
export interface WithNotes {
  readonly needs: readonly Need[];
  readonly warnings: readonly Finding[];
}

/** What was read below the key that names the kind of a step. */
export interface StepPart extends WithNotes {
  readonly work: StepWork;
}

/** What building a part may say. */
export interface PartNotes {
  readonly report: Report;
  readonly warn: Report;
  need(need: Need): void;
  /** Takes over what inner parts need and warn of. */
  include(inner: WithNotes, path: DocumentPath): void;
}

/**
 * A schema of one kind of step: the keys it has and what they mean.
 *
 * @param build undefined: the keys contradict each other, which has been reported
 */
export function stepPart<Value>(
  form: { readonly name: string; readonly about: string },
  schema: z.ZodType<Value>,
  build: (value: Value, notes: PartNotes) => StepWork | undefined,
): z.ZodType<StepPart> {
  return inputSchema({ ...form, anyOf: () => [schema] }, (input, report) => {
    const value = readPart(schema, input, [], report);
    if (value === undefined) return undefined;
    const { notes, needs, warnings } = startNotes(report);
    const work = build(value, notes);
    return work && { work, needs, warnings };
  });
}

/** Empty lists of needs and warnings, and what fills them. */
export function startNotes(report: Report): {
  readonly notes: PartNotes;
  readonly needs: readonly Need[];
  readonly warnings: readonly Finding[];
} {
  const needs: Need[] = [];
  const warnings: Finding[] = [];
  const notes: PartNotes = {
    report,
    warn: (finding) => {
      warnings.push(finding);
      return undefined;
    },
    need: (need) => needs.push(need),
    include: (inner, path) => {
      for (const need of inner.needs) needs.push({ ...need, path: [...path, ...need.path] });
      for (const finding of inner.warnings)
        warnings.push({ ...finding, path: [...path, ...(finding.path ?? [])] });
    },
  };
  return { notes, needs, warnings };
}
