import type { Law } from '../laws/law.js';
import type { Body } from './taskGraph.js';

/** What the sessions of a population do, as plain data. */
export interface SessionWorkload {
  readonly name: string;
  /** A human waits for the answers. Background tasks are judged by notification lateness instead of flow. */
  readonly interactive: boolean;
  readonly sharedPrefix: { readonly id: string; readonly tokens: number } | undefined;
  /** Tokens of the context at the start of a session, after the shared prefix. */
  readonly startTokens: Law;
  /** When a prompt would pass this share of the model's window, the context is replaced by the shared prefix and a summary. */
  readonly compaction: { readonly atShare: number; readonly toTokens: Law } | undefined;
  /** Reasoning tokens stay in the context, or are dropped when the human answers. */
  readonly reasoning: 'kept' | 'droppedAtTurn';
  /** Tasks of one session. */
  readonly tasks: Law;
  /** One task, from a submit on. */
  readonly task: Body;
  /** A task succeeds with the probability of its attempt (the last one holds for later attempts); a failure is tried again at once. */
  readonly success:
    | { readonly byAttempt: readonly number[]; readonly maxAttempts: number }
    | undefined;
  /** The human stops the AI in the middle of a turn. */
  readonly interruption: { readonly probability: number; readonly afterMs: Law } | undefined;
  readonly human: HumanModel;
}

/** How the human of a session reads, thinks and loses the thread. docs/humans.md has the sources. */
export interface HumanModel {
  /** Tokens per ms. */
  readonly readingTokensPerMs: number;
  /** Engaged time after the yield, reading apart. */
  readonly thinkingMs: Law;
  /** Undefined: no attention model; `observedGapMs` replaces reading, thinking, noticing and resuming. */
  readonly attention: AttentionModel | undefined;
  readonly observedGapMs: Law | undefined;
  /** Upper ends of the flow classes: immediate, in flow, strained; beyond: broken. */
  readonly flowClassesMs: readonly [number, number, number];
  /** A gap beyond this is off-task and not attended time. */
  readonly offTaskMs: number;
}

/** How waits lose the human, and what it takes to come back: see docs/humans.md. All numbers are assumptions. */
export interface AttentionModel {
  /** Nobody leaves a wait before this; counted anew in every stretch of waiting. 0: at once. */
  readonly holdsMs: number;
  /** Mean of the exponential time after that until the human leaves; above 0. */
  readonly leavesAfterMs: number;
  /** Time from the yield until somebody who left notices it, in ms. */
  readonly noticeMs: Law;
  /** Resumption lag after being away for `away` ms, from leaving to noticing: min(maxMs, baseMs + scaleMs·ln(1 + away/awayScaleMs)). */
  readonly resumption: {
    readonly baseMs: number;
    readonly scaleMs: number;
    readonly awayScaleMs: number;
    readonly maxMs: number;
  };
}
