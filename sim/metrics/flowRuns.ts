import { TurnEnd } from '../facts/turnTable.js';
import { turnPartition } from './turnPartition.js';
import type { TurnSlice } from './turnSlice.js';

/** Flow sessions of a slice, and the attended time in them. */
export interface FlowRuns {
  readonly count: number;
  readonly attendedMs: number;
}

/** With fewer turns in a row nobody is in flow yet. */
const fewestTurns = 5;

interface OpenRun {
  turns: number;
  attendedMs: number;
  nextMs: number;
}

/**
 * Maximal runs of at least five turns in a row of one human (of one session, where a human has several) that
 * each waited no longer than the flow limit and lost no attention. A turn follows another when it is
 * submitted the moment that the human is done with it; open, failed and off-task turns end a run.
 */
export function flowRuns({ agents, facts, rows }: TurnSlice): FlowRuns {
  const { turns } = agents;
  const openRuns = new Map<string, OpenRun>();
  const total = { count: 0, attendedMs: 0 };
  const close = (run: OpenRun | undefined) => {
    if (run === undefined || run.turns < fewestTurns) return;
    total.count++;
    total.attendedMs += run.attendedMs;
  };
  for (const row of rows) {
    const population = facts[turns.population[row]!]!;
    const { flowClassesMs, offTaskMs, sharesHuman } = population;
    const key = sharesHuman
      ? `session ${turns.session[row]}`
      : `human ${population.index} ${turns.human[row]}`;
    const run = openRuns.get(key);
    const part = turnPartition(turns, row);
    const end = turns.end[row];
    const isInFlow =
      part !== undefined &&
      end !== TurnEnd.open &&
      end !== TurnEnd.failed &&
      part.waitMs <= flowClassesMs[1] &&
      part.lostMs === 0 &&
      part.afterYieldMs <= offTaskMs;
    const follows = run !== undefined && run.nextMs === turns.submitMs[row];
    if (!isInFlow || !follows) {
      close(run);
      openRuns.delete(key);
    }
    if (!isInFlow) continue;
    const current = openRuns.get(key) ?? { turns: 0, attendedMs: 0, nextMs: 0 };
    current.turns++;
    // The waits of several sessions overlap: a human is at one of them at a time.
    current.attendedMs += sharesHuman ? part.afterYieldMs : part.waitMs + part.engagedMs;
    current.nextMs = turns.nextMs[row]!;
    openRuns.set(key, current);
  }
  for (const run of openRuns.values()) close(run);
  return total;
}
