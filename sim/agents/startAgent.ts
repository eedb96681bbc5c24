import type { DrawKey } from '../kernel/hashDraw.js';
import { AgentContext } from './agentContext.js';
import { BodyRun } from './bodyRun.js';
import type { CompiledStep } from './compiledGraph.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import type { Scope } from './scope.js';
import { StepDraw } from './stepDraw.js';
import type { AgentStep } from './taskGraph.js';
import { wholeTokens } from './wholeTokens.js';

/** Starts a sub-agent: a body on a fresh context, whose result the context of its parent gets. */
export function startAgent(
  step: CompiledStep,
  spec: AgentStep,
  scope: Scope,
  key: DrawKey,
  timeMs: number,
  onEnd: OnStepEnd,
): RunningStep {
  const { world } = scope.session;
  const { streams } = world;
  const { sharedPrefix } = spec;
  const context =
    sharedPrefix === undefined
      ? new AgentContext(streams, streams.addRoot(), 0)
      : new AgentContext(
          streams,
          streams.addFork(world.prefixStream(sharedPrefix.id), sharedPrefix.tokens),
          sharedPrefix.tokens,
        );
  context.append(wholeTokens(step.laws.start!(key.uniform(StepDraw.start, 0)), 1));
  const run = new BodyRun(step.bodies[0]!, scope.inner(context), (endMs) => {
    context.release();
    const result = step.laws.result!(key.uniform(StepDraw.result, 0));
    scope.context.append(wholeTokens(result, 0));
    onEnd(endMs);
  });
  run.start(key.child(0), timeMs);
  return {
    cancel: (cancelMs) => {
      run.cancel(cancelMs);
      context.release();
    },
  };
}
