import type { Placement } from '../fleet/placement.js';
import { invariant } from '../kernel/invariant.js';
import type { Law } from '../laws/law.js';
import { lawMean } from '../laws/lawMean.js';
import { lawTransform, type Transform } from '../laws/lawTransform.js';
import { bodiesOf } from './bodiesOf.js';
import { gapsAfter, nextCallAfterInner } from './expectedGaps.js';
import type { Body, InferStep, Step } from './taskGraph.js';

/** A task graph made ready to run: laws compiled, names replaced by what they stand for. */
export interface CompiledBody {
  readonly steps: readonly CompiledStep[];
  /** Does it call an LLM on the context it is given? Copies of such a body need contexts of their own. */
  readonly usesContext: boolean;
}

export interface CompiledStep {
  readonly spec: Step;
  readonly id: string;
  /** What a step that is one job of an engine, server or service asks of it: the most frequent ones. */
  readonly job: CompiledJob | undefined;
  /** Number of steps that it follows. */
  readonly predecessors: number;
  /** Names the draws of the step: a hash of its id, so that a step added beside it changes none of them. */
  readonly drawPart: number;
  readonly successors: readonly number[];
  /** The laws of the step by purpose; which ones exist depends on its kind. */
  readonly laws: StepLaws;
  /** Bodies inside: of a loop, parallel, agent: one; of a branch: one per arm. */
  readonly bodies: readonly CompiledBody[];
  /** Of an `infer` step: where its calls go, and the longest context its model accepts. */
  readonly place: Placement | undefined;
  readonly windowTokens: number;
  /** Of an `infer` step: expected time from its end to the next call on its context; NaN: none is known to follow after a gap. */
  readonly gapMs: number;
}

/** Jobs of all kinds have one shape, since rounds of a loop ask for it again and again. */
export interface CompiledJob {
  readonly kind: 'infer' | 'model' | 'tool' | 'query';
  /** Undefined: none, or of an `infer` step. */
  readonly resource: string | undefined;
  readonly failureProbability: number;
  readonly retries: number;
  /** A job that its resource turns away has failed; of a `model` step it goes on. */
  readonly canFail: boolean;
}

/** The laws of a step, each as a function of a uniform draw; undefined: its kind has none, or the step none of it. */
export interface StepLaws {
  /** Tokens that a call reads beside what has come into its context. */
  readonly append: Transform | undefined;
  /** Tokens that a call generates before its output, and its output. */
  readonly reasoning: Transform | undefined;
  readonly output: Transform | undefined;
  /** ms of a tool, query or delay, or in which a human is engaged. */
  readonly duration: Transform | undefined;
  /** Input of a model that is no LLM, in the unit that its pool counts. */
  readonly units: Transform | undefined;
  /** Tokens that a tool, query or sub-agent leaves in the context. */
  readonly result: Transform | undefined;
  /** Tokens at the start of the context of a sub-agent, after its shared prefix. */
  readonly start: Transform | undefined;
  /** Rounds of a counted loop, or copies. Drawn with a fraction, rounded where it is used. */
  readonly count: Transform | undefined;
}

/** What compiling needs to know of the fleet. */
export interface GraphFleet {
  /** Placement of the calls of a step; `meanOutputTokens` is what the step declares, hidden ones included. */
  placementOf(role: string, label: string | undefined, meanOutputTokens: () => number): Placement;
  /** Longest context that a model in this role accepts in any pool. */
  windowTokensOf(role: string): number;
}

/**
 * Compiles a body and all bodies inside it.
 *
 * @param nextCallMs expected time from the end of the body to the next call on its context; NaN: none is known
 */
export function compileBody(
  body: Body,
  fleet: GraphFleet,
  nextCallMs: number = Number.NaN,
): CompiledBody {
  const gapsMs = gapsAfter(body, nextCallMs);
  const steps = body.steps.map((spec, index): CompiledStep => {
    const innerNextMs = nextCallAfterInner(spec, gapsMs[index]!);
    const bodies = bodiesOf(spec).map((inner) => compileBody(inner, fleet, innerNextMs));
    return {
      spec,
      id: spec.id,
      job: jobOf(spec),
      predecessors: spec.after.length,
      drawPart: drawPartOf(spec.id),
      successors: body.steps.flatMap((other, at) => (other.after.includes(index) ? [at] : [])),
      laws: lawsOf(spec),
      bodies,
      place:
        spec.kind === 'infer'
          ? fleet.placementOf(spec.role, spec.label, () => meanOutputTokens(spec))
          : undefined,
      windowTokens: spec.kind === 'infer' ? fleet.windowTokensOf(spec.role) : 0,
      gapMs: spec.kind === 'infer' && gapsMs[index]! > 0 ? gapsMs[index]! : Number.NaN,
    };
  });
  for (const [index, { spec }] of steps.entries()) {
    invariant(
      spec.after.every((before) => before < index),
      `step ${spec.id} stands before one that it follows`,
    );
  }
  const usesContext = steps.some(
    ({ spec, bodies }) =>
      spec.kind === 'infer' || (spec.kind !== 'agent' && bodies.some((inner) => inner.usesContext)),
  );
  return { steps, usesContext };
}

function meanOutputTokens({ outputTokens, reasoningTokens }: InferStep): number {
  return lawMean(outputTokens) + (reasoningTokens ? lawMean(reasoningTokens) : 0);
}

function jobOf(step: Step): CompiledJob | undefined {
  switch (step.kind) {
    case 'infer':
      return { kind: step.kind, resource: undefined, ...neverFails };
    case 'model':
      return { kind: step.kind, resource: step.resource, ...neverFails };
    case 'tool':
    case 'query': {
      const { kind, resource, failureProbability, retries } = step;
      return { kind, resource, failureProbability, retries, canFail: true };
    }
    default:
      return undefined;
  }
}

const neverFails = { failureProbability: 0, retries: 0, canFail: false };

function lawsOf(step: Step): StepLaws {
  const transform = (law: Law | undefined) => law && lawTransform(law);
  return {
    append: transform(step.kind === 'infer' ? step.appendTokens : undefined),
    reasoning: transform(step.kind === 'infer' ? step.reasoningTokens : undefined),
    output: transform(step.kind === 'infer' ? step.outputTokens : undefined),
    duration: transform(
      step.kind === 'human' ? step.engagedMs : 'durationMs' in step ? step.durationMs : undefined,
    ),
    units: transform(step.kind === 'model' ? step.units : undefined),
    result: transform('resultTokens' in step ? step.resultTokens : undefined),
    start: transform(step.kind === 'agent' ? step.startTokens : undefined),
    count: transform(
      step.kind === 'parallel'
        ? step.copies
        : step.kind === 'loop' && step.rounds.kind === 'count'
          ? step.rounds.times
          : undefined,
    ),
  };
}

/** A 32-bit hash of a name (FNV-1a). */
function drawPartOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
