import type { Placement } from '../fleet/placement.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { AgentContext } from './agentContext.js';
import type { AgentCall, CallHandle, CallResult } from './agentWorld.js';
import type { CompiledStep } from './compiledGraph.js';
import type { OnStepEnd, RestartableStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { StepLog } from './stepLog.js';
import type { InferStep } from './taskGraph.js';
import { wholeTokens } from './wholeTokens.js';

/**
 * An LLM call of a task, from the append to the last token. While another call of its context is under way
 * it works on a fork; what it appended and wrote comes to the context as new text.
 */
export class InferRun implements RestartableStep, AgentCall {
  readonly population: number;
  readonly affinityKey: number;
  readonly place: Placement;
  readonly priority: number | undefined;
  readonly deadlineMs: number | undefined;
  key!: DrawKey;
  stream = -1;
  promptTokens = 0;
  outputTokens = 0;
  attainedTokens = 0;
  gapMs = Number.NaN;
  private readonly step: CompiledStep;
  private readonly scope: Scope;
  private readonly onStepEnd: OnStepEnd;
  private call: CallHandle = -1;
  private isUnderWay = false;
  /** What the call is made of: the context of its scope, or a fork of it. */
  private context: AgentContext;
  /** Length of the fork before the call. */
  private forkTokens = 0;
  /** Of what the call writes. */
  private reasoningTokens = 0;
  private log: StepLog;
  private logEntry = -1;

  constructor(step: CompiledStep, scope: Scope, onEnd: OnStepEnd) {
    this.step = step;
    this.scope = scope;
    this.onStepEnd = onEnd;
    this.context = scope.context;
    this.log = scope.session.log;
    this.population = scope.session.population;
    this.affinityKey = scope.session.number;
    this.place = step.place!;
    const { priority, deadlineMs } = step.spec as InferStep;
    this.priority = priority;
    this.deadlineMs = deadlineMs;
  }

  start(key: DrawKey, timeMs: number): void {
    const { session } = this.scope;
    const { laws } = this.step;
    this.key = key;
    this.context = this.scope.context;
    if (this.context.isInCall) {
      this.context = this.context.fork();
      this.forkTokens = this.context.promptTokens;
    }
    // Nothing follows on a fork.
    this.gapMs = this.isForked ? Number.NaN : this.step.gapMs;
    const context = this.context;
    context.append(wholeTokens(laws.append!(key.uniform(StepDraw.append, 0)), 0));
    this.reasoningTokens = laws.reasoning
      ? wholeTokens(laws.reasoning(key.uniform(StepDraw.reasoning, 0)), 0)
      : 0;
    const outputTokens = wholeTokens(laws.output!(key.uniform(StepDraw.output, 0)), 1);
    this.outputTokens = this.reasoningTokens + outputTokens;
    session.compactIfNeeded(context, this.outputTokens, this.step.windowTokens, key);
    this.isUnderWay = true;
    context.beginCall();
    this.log = session.log;
    this.logEntry = this.log.begin(this.step.id, timeMs);
    session.countCall(context.promptTokens, this.outputTokens);
    this.stream = context.stream;
    this.attainedTokens = session.attainedTokens;
    this.promptTokens = Math.max(1, context.promptTokens);
    this.call = session.world.send(this, timeMs);
  }

  cancel(timeMs: number): void {
    if (!this.isUnderWay) return;
    this.isUnderWay = false;
    this.scope.session.world.cancel(this.call, timeMs);
    this.context.cancelCall();
    if (this.isForked) this.context.release();
  }

  private get isForked(): boolean {
    return this.context !== this.scope.context;
  }

  onEnd(result: CallResult, timeMs: number): void {
    const { session } = this.scope;
    const context = this.context;
    this.isUnderWay = false;
    this.log.end(this.logEntry, timeMs);
    if (!result.isAnswered) {
      context.cancelCall();
      if (this.isForked) context.release();
      session.failTask(timeMs);
      return;
    }
    session.attainedTokens += result.servedTokens;
    const generatedTokens = this.outputTokens;
    const outputTokens = generatedTokens - this.reasoningTokens;
    const visibleTokens = outputTokens * (this.step.spec as InferStep).visibleShare;
    if (visibleTokens > 0) {
      // Tokens come evenly between the first and the last; what is shown comes at the end.
      const hiddenShare = 1 - visibleTokens / generatedTokens;
      const fromMs = result.firstTokenMs + (timeMs - result.firstTokenMs) * hiddenShare;
      session.showOutput(fromMs, timeMs, visibleTokens);
    }
    context.endCall(generatedTokens, this.reasoningTokens);
    if (this.isForked) {
      this.scope.context.append(Math.max(0, context.promptTokens - this.forkTokens));
      context.release();
    }
    this.onStepEnd(timeMs);
  }
}
