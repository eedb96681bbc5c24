import type { DrawKey } from '../kernel/hashDraw.js';
import type { CompiledBody } from './compiledGraph.js';
import { InferRun } from './inferRun.js';
import {
  nothingToCancel,
  type OnStepEnd,
  type RestartableStep,
  type RunningStep,
} from './runningStep.js';
import type { Scope } from './scope.js';
import { ServedRun } from './servedRun.js';
import { type PlainStep, startStep } from './startStep.js';

/**
 * Executions of a body: starts steps when all their predecessors have ended, and ends when all steps have, or
 * after the step that is named as the last. Sandboxes that its steps took are given back then. Rounds of a loop
 * are executions of one such object, which makes its parts once.
 */
export class BodyRun implements RunningStep {
  private readonly body: CompiledBody;
  private readonly scope: Scope;
  private readonly onEnd: OnStepEnd;
  private readonly running: (RunningStep | undefined)[];
  /** What runs the jobs among the steps, in every execution. */
  private readonly runs: (RestartableStep | undefined)[];
  private readonly onStepEnd: OnStepEnd[];
  private readonly unmet: number[];
  private key!: DrawKey;
  private lastStep: number | undefined = undefined;
  /** Executions so far: what started in an earlier one must not go on in the next. */
  private execution = 0;
  private left = 0;
  private isOver = true;

  constructor(body: CompiledBody, scope: Scope, onEnd: OnStepEnd) {
    this.body = body;
    this.scope = scope;
    this.onEnd = onEnd;
    const { steps } = body;
    this.running = steps.map(() => undefined);
    this.runs = steps.map(() => undefined);
    this.onStepEnd = steps.map((_, index) => (timeMs) => this.endStep(index, timeMs));
    this.unmet = steps.map(() => 0);
  }

  /** Starts an execution; the one before it is over. */
  start(key: DrawKey, timeMs: number, lastStep?: number): void {
    const { steps } = this.body;
    this.key = key;
    this.lastStep = lastStep;
    this.left = steps.length;
    this.isOver = false;
    const execution = ++this.execution;
    if (this.left === 0) {
      this.end(timeMs);
      return;
    }
    for (let index = 0; index < steps.length; index++) {
      this.unmet[index] = steps[index]!.predecessors;
    }
    for (let index = 0; index < steps.length && this.isIn(execution); index++) {
      if (steps[index]!.predecessors === 0) this.startStep(index, timeMs);
    }
  }

  cancel(timeMs: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelSteps(timeMs);
    this.scope.releaseHeld(timeMs);
  }

  private isIn(execution: number): boolean {
    return this.execution === execution && !this.isOver;
  }

  private startStep(index: number, timeMs: number): void {
    const step = this.body.steps[index]!;
    const key = this.key.child(step.drawPart);
    const onEnd = this.onStepEnd[index]!;
    if (step.job !== undefined) {
      this.runs[index] ??=
        step.job.kind === 'infer'
          ? new InferRun(step, this.scope, onEnd)
          : new ServedRun(step, this.scope, onEnd);
      const run = this.runs[index]!;
      this.running[index] = run;
      run.start(key, timeMs);
      return;
    }
    const execution = this.execution;
    this.running[index] = nothingToCancel;
    const running = startStep(step, step.spec as PlainStep, this.scope, key, timeMs, onEnd);
    // A step may end, and the whole body with it, before `startStep` returns.
    if (this.execution === execution && this.running[index] !== undefined) {
      this.running[index] = running;
    }
  }

  private endStep(index: number, timeMs: number): void {
    if (this.isOver) return;
    this.running[index] = undefined;
    this.left--;
    if (this.left === 0 || index === this.lastStep) {
      this.end(timeMs);
      return;
    }
    const execution = this.execution;
    for (const next of this.body.steps[index]!.successors) {
      // The body may have ended and begun again while the step before was started.
      if (!this.isIn(execution)) return;
      if (--this.unmet[next]! === 0) this.startStep(next, timeMs);
    }
  }

  private end(timeMs: number): void {
    this.isOver = true;
    this.cancelSteps(timeMs);
    this.scope.releaseHeld(timeMs);
    this.onEnd(timeMs);
  }

  private cancelSteps(timeMs: number): void {
    for (let index = 0; index < this.running.length; index++) {
      const running = this.running[index];
      if (running === undefined) continue;
      this.running[index] = undefined;
      running.cancel(timeMs);
    }
  }
}
