import type { AgentResource } from '../agents/agentResource.js';
import type { ResourceSpec } from '../agents/resourceSpec.js';
import { SandboxHost } from '../agents/sandboxHost.js';
import { ServerResource } from '../agents/serverResource.js';
import { SlotQueue } from '../fleet/slotQueue.js';
import { TimelineRecorder } from '../fleet/timelineRecorder.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { lawTransform } from '../laws/lawTransform.js';
import type { ResourceRun } from './runResult.js';
import { timelineBins } from './timelineBins.js';

/** A resource as it runs, and its report. */
export interface RunningResource {
  readonly name: string;
  readonly resource: AgentResource;
  finish(timeMs: number): ResourceRun;
}

/** Builds a resource for a run whose clock starts at `startMs`. */
export function agentResourceOf(
  spec: ResourceSpec,
  calendar: EventCalendar,
  grid: TimeGrid,
  horizonMs: number,
  startMs: number,
): RunningResource {
  const { binMs, binCount } = timelineBins(horizonMs);
  const timeline = new TimelineRecorder(binMs, binCount);
  const queue = new SlotQueue(
    timeline,
    { slots: spec.slots, maxWaiting: spec.maxWaiting },
    calendar,
  );
  const patience = spec.patienceMs && { patienceMs: lawTransform(spec.patienceMs) };
  const sandboxes =
    spec.kind === 'sandboxes'
      ? new SandboxHost(
          queue,
          calendar,
          grid,
          {
            createMs: lawTransform(spec.createMs),
            warmStartMs: spec.warmStartMs,
            warmTarget: spec.warmTarget,
            createIntervalMs: grid.round(spec.createIntervalMs),
            ...patience,
          },
          startMs,
        )
      : undefined;
  const resource =
    sandboxes ??
    new ServerResource(
      queue,
      calendar,
      grid,
      spec.kind === 'model'
        ? { fixedMs: spec.fixedMs, msPerUnit: spec.msPerUnit, ...patience }
        : { fixedMs: 0, msPerUnit: 1, ...patience },
    );
  return {
    name: spec.name,
    resource,
    finish: (timeMs) => {
      timeline.advance(timeMs);
      return {
        name: spec.name,
        kind: spec.kind,
        slots: spec.slots,
        timeline: timeline.finish(),
        completed: queue.completed,
        rejected: queue.rejected,
        abandoned: queue.abandoned,
        meanQueueMs: sandboxes?.meanQueueMs ?? queue.meanWaitMs,
        coldStartShare: sandboxes?.coldStartShare ?? 0,
      };
    },
  };
}
