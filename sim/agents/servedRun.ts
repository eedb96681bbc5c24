import type { EventId } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { RunningJob } from './agentResource.js';
import type { CompiledStep } from './compiledGraph.js';
import { jobPatienceMs } from './jobPatience.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { StepLogEntry } from './stepLog.js';
import { wholeTokens } from './wholeTokens.js';

/**
 * A tool call, query or call of a non-LLM model: on a resource with a queue, inside the sandbox that is
 * held, or at an external service that never queues. A failed call is tried again at once; after the last
 * retry the task goes on with the failure as its result.
 */
export class ServedRun implements RunningStep {
  readonly #step: CompiledStep;
  readonly #scope: Scope;
  readonly #key: DrawKey;
  readonly #onEnd: OnStepEnd;
  #job: RunningJob | undefined;
  #timer: EventId = -1;
  #attempt = 0;
  #log: StepLogEntry | undefined;

  constructor(step: CompiledStep, scope: Scope, key: DrawKey, onEnd: OnStepEnd) {
    this.#step = step;
    this.#scope = scope;
    this.#key = key;
    this.#onEnd = onEnd;
  }

  start(timeMs: number): void {
    this.#log = this.#scope.session.logStep(this.#step.spec.id, timeMs);
    this.#tryOnce(timeMs);
  }

  cancel(timeMs: number): void {
    this.#job?.release(timeMs);
    if (this.#timer >= 0) this.#scope.session.world.calendar.cancel(this.#timer);
    this.#timer = -1;
  }

  #tryOnce(timeMs: number): void {
    const { spec, laws } = this.#step;
    const { world } = this.#scope.session;
    const key = this.#key;
    const amount =
      spec.kind === 'model'
        ? laws.units!(key.uniform(StepDraw.units, 0))
        : laws.duration!(key.uniform(StepDraw.duration, this.#attempt));
    const resource = 'resource' in spec ? spec.resource : undefined;
    if (resource !== undefined) {
      const servers = world.resource(resource);
      this.#job = servers.run(
        {
          onDone: (endMs) => this.#endAttempt(endMs, false),
          onRejected: (endMs) => this.#endAttempt(endMs, true),
        },
        amount,
        0,
        timeMs,
        jobPatienceMs(servers, key, this.#attempt, world.grid),
      );
      return;
    }
    const durationMs = world.grid.round(amount);
    if (durationMs <= 0) this.#endAttempt(timeMs, false);
    else {
      this.#timer = world.calendar.scheduleArrival(
        timeMs + durationMs,
        (endMs) => {
          this.#timer = -1;
          this.#endAttempt(endMs, false);
        },
        0,
      );
    }
  }

  #endAttempt(timeMs: number, wasRejected: boolean): void {
    this.#job = undefined;
    const { spec, laws } = this.#step;
    const { session, context } = this.#scope;
    if (spec.kind !== 'model' && 'failureProbability' in spec) {
      const failed =
        wasRejected ||
        (spec.failureProbability > 0 &&
          this.#key.uniform(StepDraw.failure, this.#attempt) < spec.failureProbability);
      if (failed && this.#attempt < spec.retries) {
        this.#attempt++;
        this.#tryOnce(timeMs);
        return;
      }
    }
    session.logStepEnd(this.#log, timeMs);
    if (laws.result)
      context.append(wholeTokens(laws.result(this.#key.uniform(StepDraw.result, 0)), 0));
    this.#onEnd(timeMs);
  }
}
