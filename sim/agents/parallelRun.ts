import type { DrawKey } from '../kernel/hashDraw.js';
import type { AgentContext } from './agentContext.js';
import { BodyRun } from './bodyRun.js';
import type { CompiledStep } from './compiledGraph.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { ParallelStep } from './taskGraph.js';

/**
 * Copies of a body at once. When enough have ended the others are cancelled. Copies that call an LLM work
 * on forks of the context; what the ones that ended wrote is appended to it as new text.
 */
export class ParallelRun implements RunningStep {
  private readonly step: CompiledStep;
  private readonly scope: Scope;
  private readonly key: DrawKey;
  private readonly onEnd: OnStepEnd;
  private readonly copies: {
    run: BodyRun;
    context: AgentContext | undefined;
    hasEnded: boolean;
  }[] = [];
  private readonly needed: number;
  private readonly count: number;
  private ended = 0;
  private isOver = false;

  constructor(
    step: CompiledStep,
    spec: ParallelStep,
    scope: Scope,
    key: DrawKey,
    onEnd: OnStepEnd,
  ) {
    this.step = step;
    this.scope = scope;
    this.key = key;
    this.onEnd = onEnd;
    const drawn = Math.round(step.laws.count!(key.uniform(StepDraw.count, 0)));
    this.count = Math.max(0, Math.min(maxCopies, drawn));
    const { join } = spec;
    const wanted = join.kind === 'all' ? this.count : join.kind === 'any' ? 1 : join.count;
    this.needed = Math.min(wanted, this.count);
  }

  start(timeMs: number): void {
    if (this.count === 0) {
      this.onEnd(timeMs);
      return;
    }
    const body = this.step.bodies[0]!;
    for (let index = 0; index < this.count && !this.isOver; index++) {
      const context = body.usesContext ? this.scope.context.fork() : undefined;
      const scope = this.scope.inner(context ?? this.scope.context);
      const run = new BodyRun(body, scope, (endMs) => this.endCopy(index, endMs));
      this.copies.push({ run, context, hasEnded: false });
      run.start(this.key.child(index), timeMs);
    }
  }

  cancel(timeMs: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelRest(timeMs);
  }

  private endCopy(index: number, timeMs: number): void {
    if (this.isOver) return;
    this.copies[index]!.hasEnded = true;
    if (++this.ended < this.needed) return;
    this.isOver = true;
    const before = this.scope.context.promptTokens;
    for (const { context, hasEnded } of this.copies) {
      if (context && hasEnded)
        this.scope.context.append(Math.max(0, context.promptTokens - before));
    }
    this.cancelRest(timeMs);
    this.onEnd(timeMs);
  }

  private cancelRest(timeMs: number): void {
    for (const { run, context, hasEnded } of this.copies) {
      if (!hasEnded) run.cancel(timeMs);
      context?.release();
    }
  }
}

const maxCopies = 1000;
