import { Outcome } from '../../sim/facts/requestTable.js';
import { SessionEnd, TurnEnd } from '../../sim/facts/turnTable.js';
import { turnPartition } from '../../sim/metrics/turnPartition.js';
import type { RunResult } from '../../sim/run/runResult.js';

/** Turns whose parts do not sum to all of their time, in words. What follows the yield must agree to the bit. */
export function brokenPartitions({ agents }: RunResult): string[] {
  const { turns } = agents!;
  const broken: string[] = [];
  for (let row = 0; row < turns.count; row++) {
    const part = turnPartition(turns, row);
    const submitMs = turns.submitMs[row]!;
    const yieldMs = turns.yieldMs[row]!;
    const nextMs = turns.nextMs[row]!;
    const waitMs = turns.waitMs[row]!;
    const parts = JSON.stringify({ row, submitMs, yieldMs, nextMs, ...part });
    if (waitMs < 0 || waitMs > yieldMs - submitMs) broken.push(`wait out of bounds: ${parts}`);
    if (turns.firstUsefulMs[row]! < submitMs || turns.firstUsefulMs[row]! > yieldMs) {
      broken.push(`first useful token out of bounds: ${parts}`);
    }
    if (part === undefined || Number.isNaN(nextMs)) continue;
    if (part.afterYieldMs + part.seatMs !== nextMs - yieldMs) {
      broken.push(`after the yield: ${parts}`);
    }
    const sumMs = part.engagedMs + part.waitMs + part.lostMs + part.seatMs;
    if (Math.abs(sumMs - (nextMs - submitMs)) > 1e-6) broken.push(`H + A + X + seat: ${parts}`);
  }
  return broken;
}

/** What did not end, or ended twice, in a run that went on until everything was over. */
export function notEndedOnce({ agents, requests, arrived }: RunResult): string[] {
  const { turns, sessions, records } = agents!;
  const wrong: string[] = [];
  const seen = Array.from({ length: sessions.count }, () => ({
    turns: 0,
    tasks: 0,
    calls: 0,
    ok: 0,
  }));
  for (let row = 0; row < turns.count; row++) {
    const session = seen[turns.session[row]!]!;
    const end = turns.end[row];
    session.turns++;
    session.calls += turns.calls[row]!;
    session.ok += turns.succeeded[row]!;
    if (end !== TurnEnd.asked) session.tasks++;
    if (end === TurnEnd.open) wrong.push(`turn ${row} is open`);
    if (Number.isNaN(turns.nextMs[row]!)) wrong.push(`nobody took up turn ${row}`);
    if (turns.succeeded[row] === 1 && end !== TurnEnd.answered)
      wrong.push(`success of turn ${row}`);
  }
  for (let row = 0; row < sessions.count; row++) {
    const { tasks, calls, ok } = seen[row]!;
    const facts = [sessions.turns[row], sessions.tasks[row], sessions.succeededTasks[row]];
    if (sessions.end[row] !== SessionEnd.done) wrong.push(`session ${row} is open`);
    if (!(sessions.endMs[row]! >= sessions.startMs[row]!)) wrong.push(`end of session ${row}`);
    if (`${facts}` !== `${[seen[row]!.turns, tasks, ok]}`) wrong.push(`counts of session ${row}`);
    // Calls that were made after the last question of a session are in no turn.
    if (sessions.calls[row]! < calls) wrong.push(`calls of session ${row}`);
  }
  const calls = sessions.calls.reduce((total, each) => total + each, 0);
  if (calls !== arrived) wrong.push(`${calls} calls, ${arrived} requests`);
  for (let row = 0; row < requests.count; row++) {
    if (requests.outcome[row] === Outcome.open) wrong.push(`request ${row} is open`);
    if (Number.isNaN(requests.finishMs[row]!)) wrong.push(`request ${row} has no end`);
  }
  for (const { turn, steps } of records) {
    for (const { step, startMs, endMs } of steps) {
      if (endMs < startMs) wrong.push(`step ${step} of turn ${turn} ends before it starts`);
    }
  }
  return wrong;
}

/** Pools and resources that hold or queue something at the end of a run that went on until everything was over. */
export function stillHeld({ agents, pools }: RunResult, warmSandboxes = 0): string[] {
  const ofPools = pools.map(({ name, timeline }) => ({ name, timeline, kept: 0 }));
  const ofResources = agents!.resources.map(({ name, kind, timeline }) => ({
    name,
    timeline,
    kept: kind === 'sandboxes' ? warmSandboxes : 0,
  }));
  return [...ofPools, ...ofResources].flatMap(({ name, timeline, kept }) =>
    (['running', 'waiting', 'usedKvBlocks'] as const).flatMap((level) => {
      const left = timeline[level][timeline.binCount - 1]!;
      return left === (level === 'running' ? kept : 0) ? [] : [`${name}: ${left} ${level}`];
    }),
  );
}
