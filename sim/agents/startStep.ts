import type { DrawKey } from '../kernel/hashDraw.js';
import { BodyRun } from './bodyRun.js';
import type { CompiledStep } from './compiledGraph.js';
import { jobPatienceMs } from './jobPatience.js';
import { LoopRun } from './loopRun.js';
import { ParallelRun } from './parallelRun.js';
import { nothingToCancel, type OnStepEnd, type RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { startAgent } from './startAgent.js';
import { StepDraw } from './stepDraw.js';
import type { SandboxStep, Step } from './taskGraph.js';

/** Steps that are no job of an engine, server or service. */
export type PlainStep = Exclude<Step, { readonly kind: 'infer' | 'model' | 'tool' | 'query' }>;

/** Starts one execution of a step. `onEnd` may be called before this returns. */
export function startStep(
  step: CompiledStep,
  spec: PlainStep,
  scope: Scope,
  key: DrawKey,
  timeMs: number,
  onEnd: OnStepEnd,
): RunningStep {
  const { session } = scope;
  switch (spec.kind) {
    case 'sandbox':
      return startSandbox(spec, scope, key, timeMs, onEnd);
    case 'human':
      return startHuman(step, spec.probability, scope, key, timeMs, onEnd);
    case 'delay': {
      const delayMs = session.world.grid.round(
        step.laws.duration!(key.uniform(StepDraw.duration, 0)),
      );
      return startTimer(scope, delayMs, timeMs, onEnd);
    }
    case 'loop':
      return started(new LoopRun(step, spec, scope, key, onEnd), timeMs);
    case 'parallel':
      return started(new ParallelRun(step, spec, scope, key, onEnd), timeMs);
    case 'branch': {
      const arm = pickArm(
        spec.arms.map(({ weight }) => weight),
        key.uniform(StepDraw.arm, 0),
      );
      const run = new BodyRun(step.bodies[arm]!, scope.inner(), onEnd);
      run.start(key.child(arm), timeMs);
      return run;
    }
    case 'agent':
      return startAgent(step, spec, scope, key, timeMs, onEnd);
  }
}

/** Waits on the calendar. */
function startTimer(scope: Scope, delayMs: number, timeMs: number, onEnd: OnStepEnd): RunningStep {
  if (delayMs <= 0) {
    onEnd(timeMs);
    return nothingToCancel;
  }
  const { calendar } = scope.session.world;
  const event = calendar.scheduleArrival(timeMs + delayMs, onEnd, 0);
  return { cancel: () => calendar.cancel(event) };
}

function startSandbox(
  { id, resource }: SandboxStep,
  scope: Scope,
  key: DrawKey,
  timeMs: number,
  onEnd: OnStepEnd,
): RunningStep {
  const { session } = scope;
  const { log } = session;
  const entry = log.begin(id, timeMs);
  const done = (endMs: number) => {
    log.end(entry, endMs);
    onEnd(endMs);
  };
  const draw = key.uniform(StepDraw.duration, 0);
  const host = session.world.resource(resource);
  const job = host.run(
    {
      onDone: (upMs) => {
        scope.sandboxIsUp();
        done(upMs);
      },
      // Without a sandbox its tools run as external services.
      onRejected: done,
    },
    0,
    draw,
    timeMs,
    jobPatienceMs(host, key, 0, session.world.grid),
  );
  scope.hold(job);
  return nothingToCancel;
}

function startHuman(
  step: CompiledStep,
  probability: number,
  scope: Scope,
  key: DrawKey,
  timeMs: number,
  onEnd: OnStepEnd,
): RunningStep {
  if (key.uniform(StepDraw.asked, 0) >= probability) {
    onEnd(timeMs);
    return nothingToCancel;
  }
  const engagedMs = step.laws.duration!(key.uniform(StepDraw.duration, 0));
  return scope.session.askHuman(engagedMs, timeMs, onEnd);
}

function started(run: RunningStep & { start(timeMs: number): void }, timeMs: number): RunningStep {
  run.start(timeMs);
  return run;
}

/** Index of the arm that a uniform draw falls on, by weight. */
function pickArm(weights: readonly number[], draw: number): number {
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (let arm = 0; arm < weights.length; arm++) {
    left -= weights[arm]!;
    if (left < 0) return arm;
  }
  return weights.length - 1;
}
