import type { RunResult } from '../../sim/run/runResult.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { progressLine } from './progressLine.js';
import { type ReplicationPlan, runReplications } from './runReplications.js';
import type { Terminal } from './terminal.js';

/**
 * Simulates several mixes together, replication by replication. Returns for each the replications that were
 * finished in all of them: a pair needs both.
 */
export async function simulateMixes(
  name: string,
  mixes: readonly LoadedExperiment[],
  terminal: Terminal,
  control: Pick<ReplicationPlan, 'stop' | 'onOutOfMemory' | 'workers'>,
): Promise<RunResult[][]> {
  const progress = progressLine(terminal, {
    name,
    replications: mixes.reduce((total, { replications }) => total + replications, 0),
    horizonMs: Math.max(...mixes.map(({ scenario }) => scenario.horizonMs)),
  });
  const runs = await runReplications({
    worlds: mixes,
    ...control,
    onProgress: ({ world, replication }, simulatedMs, events) =>
      progress.advance(replication * mixes.length + world, simulatedMs, events),
    onFinished: ({ world, replication }, events) =>
      progress.finish(replication * mixes.length + world, events),
  }).finally(progress.clear);
  const inAll = (replication: number) =>
    runs.every((ofMix) => ofMix.some((run) => run.replication === replication));
  return runs.map((ofMix) => ofMix.filter(({ replication }) => inAll(replication)));
}
