import type { EventId } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { ResourceJob, RunningJob } from './agentResource.js';
import type { CompiledStep } from './compiledGraph.js';
import { jobPatienceMs } from './jobPatience.js';
import type { OnStepEnd, RestartableStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { StepLog } from './stepLog.js';
import { wholeTokens } from './wholeTokens.js';

/**
 * A tool call, query or call of a non-LLM model: on a resource with a queue, inside the sandbox that is
 * held, or at an external service that never queues. A failed call is tried again at once; after the last
 * retry the task goes on with the failure as its result.
 */
export class ServedRun implements RestartableStep, ResourceJob {
  private readonly step: CompiledStep;
  private readonly scope: Scope;
  private readonly onEnd: OnStepEnd;
  private key!: DrawKey;
  private job: RunningJob | undefined = undefined;
  private timer: EventId = -1;
  private attempt = 0;
  /** Attempts that have ended, over all executions. */
  private ended = 0;
  private log: StepLog;
  private logEntry = -1;

  constructor(step: CompiledStep, scope: Scope, onEnd: OnStepEnd) {
    this.step = step;
    this.scope = scope;
    this.log = scope.session.log;
    this.onEnd = onEnd;
  }

  start(key: DrawKey, timeMs: number): void {
    this.key = key;
    this.attempt = 0;
    this.log = this.scope.session.log;
    this.logEntry = this.log.begin(this.step.id, timeMs);
    this.tryOnce(timeMs);
  }

  cancel(timeMs: number): void {
    this.job?.release(timeMs);
    this.job = undefined;
    if (this.timer >= 0) this.scope.session.world.calendar.cancel(this.timer);
    this.timer = -1;
  }

  onDone(timeMs: number): void {
    this.endAttempt(timeMs, false);
  }

  onRejected(timeMs: number): void {
    this.endAttempt(timeMs, true);
  }

  private readonly handleTimer = (timeMs: number): void => {
    this.timer = -1;
    this.endAttempt(timeMs, false);
  };

  private tryOnce(timeMs: number): void {
    const { laws } = this.step;
    const { kind, resource } = this.step.job!;
    const { world } = this.scope.session;
    const key = this.key;
    const amount =
      kind === 'model'
        ? laws.units!(key.uniform(StepDraw.units, 0))
        : laws.duration!(key.uniform(StepDraw.duration, this.attempt));
    if (resource !== undefined) {
      const ended = this.ended;
      const servers = world.resource(resource);
      const job = servers.run(
        this,
        amount,
        0,
        timeMs,
        jobPatienceMs(servers, key, this.attempt, world.grid),
      );
      // Turned away, it has ended, and the next may be under way.
      if (this.ended === ended) this.job = job;
      return;
    }
    const durationMs = world.grid.round(amount);
    if (durationMs <= 0) this.endAttempt(timeMs, false);
    else {
      this.timer = world.calendar.scheduleArrival(timeMs + durationMs, this.handleTimer, 0);
    }
  }

  private endAttempt(timeMs: number, wasRejected: boolean): void {
    this.job = undefined;
    this.ended++;
    const { laws } = this.step;
    const { canFail, failureProbability, retries } = this.step.job!;
    const { context } = this.scope;
    if (canFail) {
      const failed =
        wasRejected ||
        (failureProbability > 0 &&
          this.key.uniform(StepDraw.failure, this.attempt) < failureProbability);
      if (failed && this.attempt < retries) {
        this.attempt++;
        this.tryOnce(timeMs);
        return;
      }
    }
    this.log.end(this.logEntry, timeMs);
    if (laws.result)
      context.append(wholeTokens(laws.result(this.key.uniform(StepDraw.result, 0)), 0));
    this.onEnd(timeMs);
  }
}
