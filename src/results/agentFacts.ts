import type { AgentsRun, RunResult } from '../../sim/run/runResult.js';

/** What the sessions of one replication did. */
export interface AgentFacts extends AgentsRun {
  readonly replication: number;
}

/** Of the replications that have sessions. */
export function agentFacts(runs: readonly RunResult[]): readonly AgentFacts[] {
  return runs.flatMap(({ agents, replication }) => (agents ? [{ ...agents, replication }] : []));
}
