import { lawMean } from '../laws/lawMean.js';
import { meanRounds } from './meanRounds.js';
import type { Body, Step } from './taskGraph.js';

/**
 * For each step of a body: the expected time from its end to the next call on the context of the body, the
 * soonest where several steps follow. NaN: none is known. Steps take the mean of their law; calls on other
 * contexts, other models and waits for resources count nothing.
 *
 * @param nextCallMs the same, from the end of the body
 */
export function gapsAfter({ steps }: Body, nextCallMs: number): number[] {
  const gapsMs: number[] = new Array(steps.length);
  // Steps stand after their predecessors.
  for (let index = steps.length - 1; index >= 0; index--) {
    const followers = [...steps.keys()].filter((at) => steps[at]!.after.includes(index));
    gapsMs[index] =
      followers.length === 0
        ? nextCallMs
        : soonest(followers.map((at) => untilCall(steps[at]!, gapsMs[at]!)));
  }
  return gapsMs;
}

/** The next call on a context from the end of a body inside a step, given that from the end of the step. */
export function nextCallAfterInner(step: Step, gapMs: number): number {
  switch (step.kind) {
    case 'branch':
      return gapMs;
    case 'loop': {
      const nextRoundMs = meanRounds(step) > 1 ? fromStart(step.body, gapMs) : Number.NaN;
      return Number.isNaN(nextRoundMs) ? gapMs : nextRoundMs;
    }
    default:
      // Copies and sub-agents have contexts of their own, which end with them.
      return Number.NaN;
  }
}

/** From the start of a step to the next call on its context. */
function untilCall(step: Step, gapMs: number): number {
  switch (step.kind) {
    case 'infer':
      return 0;
    case 'loop': {
      const callMs = fromStart(step.body, Number.NaN);
      return Number.isNaN(callMs) ? ownMs(step) + gapMs : callMs;
    }
    case 'parallel': {
      const callMs = fromStart(step.body, Number.NaN);
      return Number.isNaN(callMs) ? ownMs(step) + gapMs : callMs;
    }
    case 'branch': {
      const total = step.arms.reduce((sum, { weight }) => sum + weight, 0);
      return step.arms.reduce(
        (sum, { weight, body }) => sum + (weight / total) * fromStart(body, gapMs),
        0,
      );
    }
    default:
      return ownMs(step) + gapMs;
  }
}

/** From the start of a body to the first call on its context, or after it. */
function fromStart(body: Body, nextCallMs: number): number {
  const gapsMs = gapsAfter(body, nextCallMs);
  const first = [...body.steps.keys()].filter((at) => body.steps[at]!.after.length === 0);
  return first.length === 0
    ? nextCallMs
    : soonest(first.map((at) => untilCall(body.steps[at]!, gapsMs[at]!)));
}

/** Expected time of a step, LLM calls and queues apart. */
function ownMs(step: Step): number {
  switch (step.kind) {
    case 'tool':
    case 'query':
    case 'delay':
      return lawMean(step.durationMs);
    case 'human':
      return step.probability * lawMean(step.engagedMs);
    case 'loop':
      return meanRounds(step) * bodyMs(step.body);
    case 'parallel':
    case 'agent':
      return bodyMs(step.body);
    case 'branch': {
      const total = step.arms.reduce((sum, { weight }) => sum + weight, 0);
      return step.arms.reduce((sum, { weight, body }) => sum + (weight / total) * bodyMs(body), 0);
    }
    default:
      return 0;
  }
}

function bodyMs({ steps }: Body): number {
  const endsMs: number[] = [];
  for (const step of steps) {
    const startMs = Math.max(0, ...step.after.map((before) => endsMs[before]!));
    endsMs.push(startMs + ownMs(step));
  }
  return Math.max(0, ...endsMs);
}

function soonest(timesMs: readonly number[]): number {
  const known = timesMs.filter((timeMs) => !Number.isNaN(timeMs));
  return known.length === 0 ? Number.NaN : Math.min(...known);
}
