import type { SessionWorkload } from '../../sim/agents/sessionWorkload.js';
import type { Law } from '../../sim/laws/law.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import { humanModel } from './humanSchema.js';
import type { Report } from './inputSchema.js';
import type { WrittenSessions } from './workloadSchema.js';

/** A workload of sessions in base units, defaults filled in. @param interactive instead of the workload's own. */
export function resolveSessionWorkload(
  name: string,
  written: WrittenSessions,
  interactive: boolean = written.interactive,
): SessionWorkload {
  const { context, session, success, interruption, turn } = written;
  return {
    name,
    interactive,
    sharedPrefix: context?.shared,
    startTokens: context?.start ?? none,
    compaction: context?.compact && {
      atShare: context.compact.at,
      toTokens: context.compact.to,
    },
    reasoning: context?.reasoning === 'kept' ? 'kept' : 'droppedAtTurn',
    tasks: session?.turns ?? { kind: 'constant', value: 1 },
    task: turn.body,
    success,
    interruption: interruption && {
      probability: interruption.probability,
      afterMs: interruption.after,
    },
    human: humanModel(written.human),
  };
}

const none: Law = { kind: 'constant', value: 0 };

/** Warns of laws of a workload without a mean, and of what looks odd in its steps. */
export function warnOfWorkload(written: WrittenSessions, warn: Report): void {
  const { context, session, interruption, human, turn } = written;
  const laws: readonly (readonly [Law | undefined, ...string[]])[] = [
    [context?.start, 'context', 'start'],
    [context?.compact?.to, 'context', 'compact', 'to'],
    [session?.turns, 'session', 'turns'],
    [interruption?.after, 'interruption', 'after'],
    [human?.thinking, 'human', 'thinking'],
    [human?.gaps, 'human', 'gaps'],
  ];
  for (const [law, ...path] of laws) if (law !== undefined) checkHeavyTail(law, path, warn);
  for (const finding of turn.warnings)
    warn({ ...finding, path: ['turn', ...(finding.path ?? [])] });
}
