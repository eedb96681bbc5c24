import { meanRounds } from '../../sim/agents/meanRounds.js';
import type { Body, InferStep, LoopStep, Step } from '../../sim/agents/taskGraph.js';
import type { Law } from '../../sim/laws/law.js';
import { lawMean } from '../../sim/laws/lawMean.js';

/** LLM calls of one kind in one execution of a body, on average. */
export interface MeanCalls {
  readonly role: string;
  /** On the context of the session; else on that of a sub-agent. */
  readonly isMain: boolean;
  readonly count: number;
  /** Sums over the calls. */
  readonly outputTokens: number;
  readonly freshTokens: number;
  /** Of sub-agents: what the calls found in their context. */
  readonly priorTokens: number;
}

/** What one execution of a body does on average: the rough arithmetic before a run. */
export interface TaskMeans {
  readonly calls: readonly MeanCalls[];
  /** Tokens that come into the context and that are not generated. */
  readonly appendedTokens: number;
  readonly generatedTokens: number;
  /** Tokens that are written for the human to read. */
  readonly visibleTokens: number;
  /** Time of the longest chain of steps, LLM calls at a nominal speed. */
  readonly durationMs: number;
}

/** A call on hardware that is neither slow nor busy. */
export const nominalCall = { ttftMs: 500, tpotMs: 10 };

const nothing: TaskMeans = {
  calls: [],
  appendedTokens: 0,
  generatedTokens: 0,
  visibleTokens: 0,
  durationMs: 0,
};

/** Means over a body. @param longestMs waits are cut there: means of heavy tails say little about an hour. */
export function taskMeans(body: Body, longestMs: number): TaskMeans {
  return bodyMeans(body, { longestMs, known: new Map() });
}

/** What is common to one walk over a task graph. */
interface Walk {
  readonly longestMs: number;
  /** Bodies that have been worked out: those inside loops are asked for twice. */
  readonly known: Map<Body, TaskMeans>;
}

function bodyMeans(body: Body, walk: Walk): TaskMeans {
  const known = walk.known.get(body);
  if (known !== undefined) return known;
  const parts = body.steps.map((step) => stepMeans(step, walk));
  const endMs: number[] = [];
  for (const [index, step] of body.steps.entries()) {
    const startMs = step.after.reduce((latest, before) => Math.max(latest, endMs[before]!), 0);
    endMs.push(startMs + parts[index]!.durationMs);
  }
  const means = {
    calls: mergedCalls(parts.flatMap(({ calls }) => calls)),
    appendedTokens: parts.reduce((sum, part) => sum + part.appendedTokens, 0),
    generatedTokens: parts.reduce((sum, part) => sum + part.generatedTokens, 0),
    visibleTokens: parts.reduce((sum, part) => sum + part.visibleTokens, 0),
    durationMs: endMs.reduce((latest, each) => Math.max(latest, each), 0),
  };
  walk.known.set(body, means);
  return means;
}

function stepMeans(step: Step, walk: Walk): TaskMeans {
  switch (step.kind) {
    case 'infer':
      return callMeans(step);
    case 'model':
    case 'sandbox':
      return nothing;
    case 'delay':
      return { ...nothing, durationMs: roughMean(step.durationMs, walk.longestMs) };
    case 'human':
      return {
        ...nothing,
        durationMs: step.probability * roughMean(step.engagedMs, walk.longestMs),
      };
    case 'tool':
    case 'query':
      return {
        ...nothing,
        durationMs: roughMean(step.durationMs, walk.longestMs),
        appendedTokens: step.resultTokens === undefined ? 0 : roughMean(step.resultTokens),
      };
    case 'loop':
      return loopMeans(step, walk);
    case 'parallel': {
      const once = bodyMeans(step.body, walk);
      return { ...scaledMeans(once, roughMean(step.copies)), durationMs: once.durationMs };
    }
    case 'branch': {
      const total = step.arms.reduce((sum, { weight }) => sum + weight, 0);
      return step.arms.reduce(
        (sum, { weight, body }) => plus(sum, scaledMeans(bodyMeans(body, walk), weight / total)),
        nothing,
      );
    }
    case 'agent': {
      const inner = bodyMeans(step.body, walk);
      const start = roughMean(step.startTokens) + (step.sharedPrefix?.tokens ?? 0);
      return {
        calls: inner.calls.map((each) => ownContext(each, start, inner)),
        appendedTokens: roughMean(step.resultTokens),
        generatedTokens: 0,
        visibleTokens: 0,
        durationMs: inner.durationMs,
      };
    }
  }
}

function callMeans(step: InferStep): TaskMeans {
  const { role, appendTokens, outputTokens, reasoningTokens, visibleShare } = step;
  const fresh = roughMean(appendTokens);
  const output = roughMean(outputTokens) + (reasoningTokens ? roughMean(reasoningTokens) : 0);
  const call = { role, isMain: true, count: 1, outputTokens: output, freshTokens: fresh };
  return {
    calls: [{ ...call, priorTokens: 0 }],
    appendedTokens: fresh,
    generatedTokens: output,
    visibleTokens: visibleShare * roughMean(outputTokens),
    durationMs: nominalCall.ttftMs + nominalCall.tpotMs * output,
  };
}

function loopMeans(loop: LoopStep, walk: Walk): TaskMeans {
  const rounds = meanRounds(loop);
  const whole = bodyMeans(loop.body, walk);
  if (loop.lastRoundEndsAfter === undefined) return scaledMeans(whole, rounds);
  // Every round but the last is a whole one.
  const last = bodyMeans(upTo(loop.body, loop.lastRoundEndsAfter), walk);
  return plus(scaledMeans(whole, Math.max(0, rounds - 1)), scaledMeans(last, Math.min(1, rounds)));
}

/** A step of a body and all that it waits for. */
function upTo({ steps }: Body, last: number): Body {
  const kept = steps.map((_, index) => index === last);
  for (let index = last; index >= 0; index--)
    if (kept[index]) for (const before of steps[index]!.after) kept[before] = true;
  const places = new Map<number, number>();
  steps.forEach((_, index) => {
    if (kept[index]) places.set(index, places.size);
  });
  return {
    steps: [...places.keys()].map((index) => {
      const step = steps[index]!;
      return { ...step, after: step.after.map((before) => places.get(before)!) };
    }),
  };
}

/** Calls of a sub-agent: on average they find half of what its context grows by. */
function ownContext(calls: MeanCalls, start: number, inner: TaskMeans): MeanCalls {
  if (!calls.isMain) return calls;
  const prior = start + (inner.appendedTokens + inner.generatedTokens) / 2;
  return { ...calls, isMain: false, priorTokens: calls.count * prior };
}

function mergedCalls(calls: readonly MeanCalls[]): MeanCalls[] {
  const byKind = new Map<string, MeanCalls>();
  for (const each of calls) {
    const key = `${each.isMain} ${each.role}`;
    const known = byKind.get(key);
    byKind.set(key, known === undefined ? each : addCalls(known, each));
  }
  return [...byKind.values()];
}

function addCalls(a: MeanCalls, b: MeanCalls): MeanCalls {
  return {
    ...a,
    count: a.count + b.count,
    outputTokens: a.outputTokens + b.outputTokens,
    freshTokens: a.freshTokens + b.freshTokens,
    priorTokens: a.priorTokens + b.priorTokens,
  };
}

function plus(a: TaskMeans, b: TaskMeans): TaskMeans {
  return {
    calls: mergedCalls([...a.calls, ...b.calls]),
    appendedTokens: a.appendedTokens + b.appendedTokens,
    generatedTokens: a.generatedTokens + b.generatedTokens,
    visibleTokens: a.visibleTokens + b.visibleTokens,
    durationMs: a.durationMs + b.durationMs,
  };
}

/** Means of so many executions, one after the other. */
export function scaledMeans(means: TaskMeans, factor: number): TaskMeans {
  return {
    calls: means.calls.map((each) => ({
      ...each,
      count: each.count * factor,
      outputTokens: each.outputTokens * factor,
      freshTokens: each.freshTokens * factor,
      priorTokens: each.priorTokens * factor,
    })),
    appendedTokens: means.appendedTokens * factor,
    generatedTokens: means.generatedTokens * factor,
    visibleTokens: means.visibleTokens * factor,
    durationMs: means.durationMs * factor,
  };
}

/** The mean of a law, cut at a bound where that matters. Rounding to the nearest leaves a mean as it is. */
export function roughMean(law: Law, bound = Number.POSITIVE_INFINITY): number {
  const { round, ...rest } = law;
  const plain = round === 'nearest' ? (rest as Law) : law;
  const mean = lawMean(plain);
  if (mean <= bound / 100) return mean;
  return lawMean({ ...plain, atMost: Math.min(bound, law.atMost ?? bound) });
}
