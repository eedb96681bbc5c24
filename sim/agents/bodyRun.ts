import type { DrawKey } from '../kernel/hashDraw.js';
import type { CompiledBody } from './compiledGraph.js';
import type { RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { startStep } from './startStep.js';

/**
 * One execution of a body: starts steps when all their predecessors have ended, and ends when all steps
 * have, or after the step that is named as the last. Sandboxes that its steps took are given back then.
 */
export class BodyRun implements RunningStep {
  readonly #body: CompiledBody;
  readonly #scope: Scope;
  readonly #key: DrawKey;
  readonly #lastStep: number | undefined;
  readonly #onEnd: (timeMs: number) => void;
  readonly #running: (RunningStep | undefined)[];
  readonly #unmet: number[];
  #left: number;
  #isOver = false;

  constructor(
    body: CompiledBody,
    scope: Scope,
    key: DrawKey,
    onEnd: (timeMs: number) => void,
    lastStep?: number,
  ) {
    this.#body = body;
    this.#scope = scope;
    this.#key = key;
    this.#onEnd = onEnd;
    this.#lastStep = lastStep;
    this.#running = new Array(body.steps.length);
    this.#unmet = body.steps.map(({ spec }) => spec.after.length);
    this.#left = body.steps.length;
  }

  start(timeMs: number): void {
    if (this.#left === 0) {
      this.#end(timeMs);
      return;
    }
    for (let index = 0; index < this.#unmet.length && !this.#isOver; index++) {
      if (this.#body.steps[index]!.spec.after.length === 0) this.#startStep(index, timeMs);
    }
  }

  cancel(timeMs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelSteps(timeMs);
    this.#scope.releaseHeld(timeMs);
  }

  #startStep(index: number, timeMs: number): void {
    const step = this.#body.steps[index]!;
    let hasEnded = false;
    const running = startStep(
      step,
      this.#scope,
      this.#key.child(step.drawPart),
      timeMs,
      (endMs) => {
        hasEnded = true;
        this.#endStep(index, endMs);
      },
    );
    // A step may end, and the whole body with it, before `startStep` returns.
    if (!hasEnded) this.#running[index] = running;
  }

  #endStep(index: number, timeMs: number): void {
    if (this.#isOver) return;
    this.#running[index] = undefined;
    this.#left--;
    if (this.#left === 0 || index === this.#lastStep) {
      this.#end(timeMs);
      return;
    }
    for (const next of this.#body.steps[index]!.successors) {
      if (--this.#unmet[next]! === 0 && !this.#isOver) this.#startStep(next, timeMs);
    }
  }

  #end(timeMs: number): void {
    this.#isOver = true;
    this.#cancelSteps(timeMs);
    this.#scope.releaseHeld(timeMs);
    this.#onEnd(timeMs);
  }

  #cancelSteps(timeMs: number): void {
    for (const running of this.#running) running?.cancel(timeMs);
  }
}
