import type { DrawKey } from '../kernel/hashDraw.js';
import { BodyRun } from './bodyRun.js';
import type { CompiledStep } from './compiledGraph.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { LoopStep } from './taskGraph.js';

/** Rounds of a body, one after the other. */
export class LoopRun implements RunningStep {
  readonly #step: CompiledStep;
  readonly #spec: LoopStep;
  readonly #scope: Scope;
  readonly #key: DrawKey;
  readonly #onEnd: OnStepEnd;
  /** Rounds of a counted loop. */
  readonly #rounds: number;
  #round = 0;
  #body: BodyRun | undefined;
  #isCancelled = false;

  constructor(step: CompiledStep, spec: LoopStep, scope: Scope, key: DrawKey, onEnd: OnStepEnd) {
    this.#step = step;
    this.#spec = spec;
    this.#scope = scope;
    this.#key = key;
    this.#onEnd = onEnd;
    const drawn = step.laws.count
      ? Math.floor(step.laws.count(key.uniform(StepDraw.count, 0)))
      : spec.maxRounds;
    this.#rounds = Math.max(0, Math.min(spec.maxRounds, drawn));
  }

  start(timeMs: number): void {
    if (this.#rounds === 0) this.#onEnd(timeMs);
    else this.#run(timeMs);
  }

  cancel(timeMs: number): void {
    this.#isCancelled = true;
    this.#body?.cancel(timeMs);
  }

  /** Starts rounds, one after the other as long as they take no time: many of those would exhaust the stack. */
  #run(timeMs: number): void {
    let isStarting = true;
    let nextMs: number | undefined = timeMs;
    const startNext = (endMs: number) => {
      if (isStarting) nextMs = endMs;
      else this.#run(endMs);
    };
    while (nextMs !== undefined && !this.#isCancelled) {
      const startMs: number = nextMs;
      nextMs = undefined;
      this.#startRound(startMs, startNext);
    }
    isStarting = false;
  }

  #startRound(timeMs: number, startNext: OnStepEnd): void {
    const round = this.#round++;
    const isLast = round + 1 === this.#rounds || this.#isDoneIn(round);
    this.#body = new BodyRun(
      this.#step.bodies[0]!,
      this.#scope.inner(),
      this.#key.child(round),
      (endMs) => {
        if (this.#isCancelled) return;
        if (isLast) this.#onEnd(endMs);
        else startNext(endMs);
      },
      isLast ? this.#spec.lastRoundEndsAfter : undefined,
    );
    this.#body.start(timeMs);
  }

  #isDoneIn(round: number): boolean {
    const { rounds } = this.#spec;
    return (
      rounds.kind === 'untilDone' &&
      this.#key.uniform(StepDraw.done, round) < rounds.doneProbability
    );
  }
}
