import type { DrawKey } from '../kernel/hashDraw.js';
import type { AgentContext } from './agentContext.js';
import type { CallHandle, CallResult } from './agentWorld.js';
import type { CompiledStep } from './compiledGraph.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { InferStep } from './taskGraph.js';
import { wholeTokens } from './wholeTokens.js';

/**
 * One LLM call of a task, from the append to the last token. While another call of its context is under way
 * it works on a fork; what it appended and wrote comes to the context as new text.
 */
export class InferRun implements RunningStep {
  readonly #step: CompiledStep;
  readonly #scope: Scope;
  readonly #key: DrawKey;
  readonly #onEnd: OnStepEnd;
  #call: CallHandle = -1;
  #isUnderWay = false;
  /** What the call is made of: the context of its scope, or a fork of it. */
  #context: AgentContext;
  /** Length of the fork before the call. */
  #forkTokens = 0;

  constructor(step: CompiledStep, scope: Scope, key: DrawKey, onEnd: OnStepEnd) {
    this.#step = step;
    this.#scope = scope;
    this.#key = key;
    this.#onEnd = onEnd;
    this.#context = scope.context;
  }

  start(timeMs: number): void {
    const { session } = this.#scope;
    const { laws } = this.#step;
    const spec = this.#step.spec as InferStep;
    const key = this.#key;
    if (this.#context.isInCall) {
      this.#context = this.#context.fork();
      this.#forkTokens = this.#context.promptTokens;
    }
    const context = this.#context;
    context.append(wholeTokens(laws.append!(key.uniform(StepDraw.append, 0)), 0));
    const reasoningTokens = laws.reasoning
      ? wholeTokens(laws.reasoning(key.uniform(StepDraw.reasoning, 0)), 0)
      : 0;
    const outputTokens = wholeTokens(laws.output!(key.uniform(StepDraw.output, 0)), 1);
    const generatedTokens = reasoningTokens + outputTokens;
    session.compactIfNeeded(context, generatedTokens, this.#step.windowTokens, key);
    this.#isUnderWay = true;
    context.beginCall();
    const log = session.logStep(this.#step.spec.id, timeMs);
    session.countCall(context.promptTokens, generatedTokens);
    this.#call = session.world.send(
      {
        population: session.population,
        key,
        place: this.#step.place!,
        stream: context.stream,
        promptTokens: Math.max(1, context.promptTokens),
        outputTokens: generatedTokens,
        affinityKey: session.number,
        priority: spec.priority,
        deadlineMs: spec.deadlineMs,
        attainedTokens: session.attainedTokens,
        onEnd: (result, endMs) => {
          this.#isUnderWay = false;
          session.logStepEnd(log, endMs);
          this.#finish(result, reasoningTokens, outputTokens, endMs);
        },
      },
      timeMs,
    );
  }

  cancel(timeMs: number): void {
    if (!this.#isUnderWay) return;
    this.#isUnderWay = false;
    this.#scope.session.world.cancel(this.#call, timeMs);
    this.#context.cancelCall();
    if (this.#isForked) this.#context.release();
  }

  get #isForked(): boolean {
    return this.#context !== this.#scope.context;
  }

  #finish(result: CallResult, reasoningTokens: number, outputTokens: number, timeMs: number): void {
    const { session } = this.#scope;
    const context = this.#context;
    if (!result.isAnswered) {
      context.cancelCall();
      if (this.#isForked) context.release();
      session.failTask(timeMs);
      return;
    }
    session.attainedTokens += result.servedTokens;
    const generatedTokens = reasoningTokens + outputTokens;
    const visibleTokens = outputTokens * (this.#step.spec as InferStep).visibleShare;
    if (visibleTokens > 0) {
      // Tokens come evenly between the first and the last; what is shown comes at the end.
      const hiddenShare = 1 - visibleTokens / generatedTokens;
      const fromMs = result.firstTokenMs + (timeMs - result.firstTokenMs) * hiddenShare;
      session.showOutput(fromMs, timeMs, visibleTokens);
    }
    context.endCall(generatedTokens, reasoningTokens);
    if (this.#isForked) {
      this.#scope.context.append(Math.max(0, context.promptTokens - this.#forkTokens));
      context.release();
    }
    this.#onEnd(timeMs);
  }
}
