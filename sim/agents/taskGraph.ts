import type { Law } from '../laws/law.js';

/**
 * A task graph as plain data: what the config layer resolves a workload file into, and sessions run.
 * Steps of a body stand in an order in which every step comes after its predecessors; `after` holds their
 * indices in the same body. A step without predecessors starts when the body starts; the body ends when
 * all its steps have ended.
 */
export interface Body {
  readonly steps: readonly Step[];
}

export type Step =
  | InferStep
  | ModelStep
  | ToolStep
  | QueryStep
  | SandboxStep
  | HumanStep
  | DelayStep
  | LoopStep
  | ParallelStep
  | BranchStep
  | AgentStep;

interface StepBase {
  /** Unique in its body. */
  readonly id: string;
  readonly after: readonly number[];
}

/** One LLM call on the context of its session or agent: appends fresh tokens, generates reasoning and output. */
export interface InferStep extends StepBase {
  readonly kind: 'infer';
  readonly role: string;
  /** For placement rules. */
  readonly label: string | undefined;
  readonly appendTokens: Law;
  /** Tokens generated before the output and never shown; undefined: none. */
  readonly reasoningTokens: Law | undefined;
  readonly outputTokens: Law;
  /** Share of the output, at its end, that the human can use: 0 for tool arguments, 1 for prose. */
  readonly visibleShare: number;
  /** Instead of the population's. */
  readonly priority?: number;
  readonly deadlineMs?: number;
}

/** A call of a model that is no LLM: speech, embedding, rerank, vision. */
export interface ModelStep extends StepBase {
  readonly kind: 'model';
  /** Name of a resource of kind `model`. */
  readonly resource: string;
  /** Amount of input in the unit of the resource's price list: audio seconds, tokens, images. */
  readonly units: Law;
}

export interface ToolStep extends StepBase {
  readonly kind: 'tool';
  /** Resource that runs it; undefined: the sandbox that is held, else an external service without a queue. */
  readonly resource: string | undefined;
  readonly durationMs: Law;
  /** Probability that a call fails, and how often it is tried again. The last failure lets the task go on. */
  readonly failureProbability: number;
  readonly retries: number;
  /** Tokens of its result, appended to the context before the next call. */
  readonly resultTokens: Law | undefined;
}

/** A query of a database, index or search service: holds one of its connections. */
export interface QueryStep extends StepBase {
  readonly kind: 'query';
  readonly resource: string;
  readonly durationMs: Law;
  readonly failureProbability: number;
  readonly retries: number;
  readonly resultTokens: Law | undefined;
}

/** Takes a sandbox from a host pool. It is held until the end of the body that took it; tools without a resource run inside. */
export interface SandboxStep extends StepBase {
  readonly kind: 'sandbox';
  readonly resource: string;
}

/** Hands control to the human: ends the turn; the answer begins the next one. */
export interface HumanStep extends StepBase {
  readonly kind: 'human';
  /** Time the human is engaged with it, reading apart. */
  readonly engagedMs: Law;
  /** Probability that the human is asked at all; otherwise the step takes no time. */
  readonly probability: number;
}

export interface DelayStep extends StepBase {
  readonly kind: 'delay';
  readonly durationMs: Law;
}

/** Repeats its body: `times` rounds, or until done, at most `maxRounds`. */
export interface LoopStep extends StepBase {
  readonly kind: 'loop';
  readonly rounds:
    | { readonly kind: 'count'; readonly times: Law }
    /** After each round the task is done with this probability. */
    | { readonly kind: 'untilDone'; readonly doneProbability: number };
  readonly maxRounds: number;
  readonly body: Body;
  /** Index of the step of the body after which the last round ends: n answers need n − 1 tool rounds. Undefined: a whole round. */
  readonly lastRoundEndsAfter: number | undefined;
}

/** Runs copies of its body at once. */
export interface ParallelStep extends StepBase {
  readonly kind: 'parallel';
  readonly copies: Law;
  /** How many copies must end before the step does; the others are cancelled. `quorum` 1…copies. */
  readonly join:
    | { readonly kind: 'all' }
    | { readonly kind: 'any' }
    | { readonly kind: 'quorum'; readonly count: number };
  readonly body: Body;
}

export interface BranchStep extends StepBase {
  readonly kind: 'branch';
  readonly arms: readonly { readonly weight: number; readonly body: Body }[];
}

/** A sub-agent: its body runs on a fresh context; its result is appended to the parent's context. */
export interface AgentStep extends StepBase {
  readonly kind: 'agent';
  readonly body: Body;
  /** Tokens of the task description at the start of its context, after the shared prefix. */
  readonly startTokens: Law;
  /** Tokens of the result that the parent's context gets. */
  readonly resultTokens: Law;
  readonly sharedPrefix: { readonly id: string; readonly tokens: number } | undefined;
}
