import type { DrawKey } from '../kernel/hashDraw.js';
import { BodyRun } from './bodyRun.js';
import type { CompiledStep } from './compiledGraph.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { LoopStep } from './taskGraph.js';

/** Rounds of a body, one after the other. */
export class LoopRun implements RunningStep {
  private readonly spec: LoopStep;
  private readonly key: DrawKey;
  private readonly onEnd: OnStepEnd;
  /** Rounds of a counted loop. */
  private readonly rounds: number;
  private round = 0;
  private readonly body: BodyRun;
  private isLast = false;
  private isCancelled = false;
  /** Rounds are being started; the next one starts at `nextMs`, NaN while one takes time. */
  private isStarting = false;
  private nextMs = Number.NaN;

  constructor(step: CompiledStep, spec: LoopStep, scope: Scope, key: DrawKey, onEnd: OnStepEnd) {
    this.spec = spec;
    this.key = key;
    this.onEnd = onEnd;
    const drawn = step.laws.count
      ? Math.floor(step.laws.count(key.uniform(StepDraw.count, 0)))
      : spec.maxRounds;
    this.rounds = Math.max(0, Math.min(spec.maxRounds, drawn));
    this.body = new BodyRun(step.bodies[0]!, scope.inner(), (endMs) => this.endRound(endMs));
  }

  start(timeMs: number): void {
    if (this.rounds === 0) this.onEnd(timeMs);
    else this.run(timeMs);
  }

  cancel(timeMs: number): void {
    this.isCancelled = true;
    this.body.cancel(timeMs);
  }

  /** Starts rounds, one after the other as long as they take no time: many of those would exhaust the stack. */
  private run(timeMs: number): void {
    this.isStarting = true;
    this.nextMs = timeMs;
    while (!Number.isNaN(this.nextMs) && !this.isCancelled) {
      const startMs = this.nextMs;
      this.nextMs = Number.NaN;
      this.startRound(startMs);
    }
    this.isStarting = false;
  }

  private startRound(timeMs: number): void {
    const round = this.round++;
    this.isLast = round + 1 === this.rounds || this.isDoneIn(round);
    const lastStep = this.isLast ? this.spec.lastRoundEndsAfter : undefined;
    this.body.start(this.key.child(round), timeMs, lastStep);
  }

  private endRound(timeMs: number): void {
    if (this.isCancelled) return;
    if (this.isLast) this.onEnd(timeMs);
    else if (this.isStarting) this.nextMs = timeMs;
    else this.run(timeMs);
  }

  private isDoneIn(round: number): boolean {
    const { rounds } = this.spec;
    return (
      rounds.kind === 'untilDone' && this.key.uniform(StepDraw.done, round) < rounds.doneProbability
    );
  }
}
