import { Fingerprint } from '../kernel/fingerprint.js';
import type { AgentsRun } from './runResult.js';

/** 16 hex digits over the fingerprint of the requests and what turns, sessions and resources did. */
export function agentFingerprint(ofRequests: string, agents: AgentsRun): string {
  const { turns, sessions, resources } = agents;
  const all = new Fingerprint();
  for (const digit of ofRequests) all.addInteger(digit.charCodeAt(0));
  for (let row = 0; row < turns.count; row++) {
    all.addInteger(turns.end[row]!);
    all.addNumber(turns.submitMs[row]!);
    all.addNumber(turns.yieldMs[row]!);
    all.addNumber(turns.waitMs[row]!);
    all.addNumber(turns.nextMs[row]!);
  }
  for (let row = 0; row < sessions.count; row++) {
    all.addNumber(sessions.startMs[row]!);
    all.addNumber(sessions.endMs[row]!);
  }
  for (const { completed, rejected, abandoned, meanQueueMs } of resources) {
    all.addNumber(completed);
    all.addNumber(rejected);
    all.addNumber(abandoned);
    all.addNumber(meanQueueMs);
  }
  return all.digest();
}
