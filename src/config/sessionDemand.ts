import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { SessionWorkload } from '../../sim/agents/sessionWorkload.js';
import { lawQuantile } from '../../sim/laws/lawQuantile.js';
import type { Demand } from './demand.js';
import { meanRate } from './meanRate.js';
import { nominalCall, roughMean, scaledMeans, type TaskMeans, taskMeans } from './taskMeans.js';

/**
 * What sessions ask of each model role, on average, by arithmetic on means: for a fleet that makes nobody
 * wait. A fleet that does is asked for less by closed users, who submit again only after an answer.
 *
 * @param windowTokens longest context of the model in a role
 */
export function sessionDemand(
  { workload, members }: SessionPopulation,
  horizonMs: number,
  windowTokens: (role: string) => number,
): Demand[] {
  const task = scaledMeans(taskMeans(workload.task, horizonMs), meanAttempts(workload));
  const perSession = Math.max(1, roughMean(workload.tasks));
  const tasksPerMs =
    members.kind === 'open'
      ? meanRate(members.arrivals, horizonMs) * perSession
      : closedTasksPerMs(workload, members, task, perSession, horizonMs);
  const main = task.calls.filter(({ isMain }) => isMain);
  const mainCount = main.reduce((sum, { count }) => sum + count, 0);
  const window = Math.min(...main.map(({ role }) => windowTokens(role)));
  const context = mainCount === 0 ? 0 : meanContext(workload, task, mainCount, window);
  return task.calls
    .filter(({ count }) => count > 0)
    .map(({ role, isMain, count, outputTokens, freshTokens, priorTokens }) => {
      // Results of tools are read by some call of the session.
      const fresh = isMain ? task.appendedTokens / mainCount : freshTokens / count;
      return {
        role,
        requestsPerSec: 1000 * tasksPerMs * count,
        freshTokens: fresh,
        sharedTokens: isMain ? Math.max(0, context - fresh) : priorTokens / count,
        outputTokens: outputTokens / count,
      };
    });
}

function meanAttempts({ success }: SessionWorkload): number {
  if (success === undefined) return 1;
  const { byAttempt, maxAttempts } = success;
  let attempts = 0;
  let tried = 1;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    attempts += tried;
    tried *= 1 - byAttempt[Math.min(attempt, byAttempt.length - 1)]!;
  }
  return attempts;
}

/** Tasks per ms of humans who submit, wait, read, think and submit again. */
function closedTasksPerMs(
  { human }: SessionWorkload,
  members: Extract<SessionPopulation['members'], { kind: 'closed' }>,
  task: TaskMeans,
  tasksPerSession: number,
  horizonMs: number,
): number {
  const { users, sessionsPerHuman, switchMs, offTimeMs } = members;
  // They read what is written while it is written, and then the rest.
  const unreadMs =
    task.visibleTokens * Math.max(0, 1 / human.readingTokensPerMs - nominalCall.tpotMs);
  const gapMs = human.observedGapMs
    ? roughMean(human.observedGapMs, horizonMs)
    : unreadMs + roughMean(human.thinkingMs, horizonMs);
  const offMs = roughMean(offTimeMs, horizonMs) / tasksPerSession;
  const cycleMs = Math.max(1, task.durationMs + gapMs + offMs);
  const unhurried = (users * sessionsPerHuman) / cycleMs;
  // One human attends to one session at a time.
  return sessionsPerHuman === 1 ? unhurried : Math.min(unhurried, users / (gapMs + switchMs + 1));
}

/** Mean prompt of the calls on the contexts of sessions: they grow call by call and are compacted. */
function meanContext(
  workload: SessionWorkload,
  { appendedTokens, generatedTokens }: TaskMeans,
  callsPerTask: number,
  windowTokens: number,
): number {
  const { compaction, sharedPrefix, startTokens, tasks } = workload;
  const growth = (appendedTokens + generatedTokens) / callsPerTask;
  const limit = windowTokens * (compaction?.atShare ?? 1);
  const prefix = sharedPrefix?.tokens ?? 0;
  const afterwards = compaction ? prefix + roughMean(compaction.toTokens) : limit;
  let sum = 0;
  let calls = 0;
  for (let point = 0; point < points; point++) {
    const drawn = Math.max(1, lawQuantile(tasks, (point + 0.5) / points));
    const count = Math.min(maxCalls, Math.ceil(drawn * callsPerTask));
    let tokens = Math.min(limit, prefix + roughMean(startTokens));
    for (let call = 0; call < count; call++) {
      sum += tokens;
      calls++;
      tokens += growth;
      if (tokens > limit) tokens = Math.min(limit, afterwards);
    }
  }
  return sum / calls;
}

/** Lengths of sessions that stand for all of them, and calls after which a session has settled. */
const points = 64;
const maxCalls = 2_000;
