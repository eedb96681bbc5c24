import type { Scenario } from '../run/scenario.js';

/** What the metrics of humans need to know of a session population. */
export interface SessionFacts {
  readonly name: string;
  /** Index among session populations, as in turns and sessions. */
  readonly index: number;
  /** Index among all populations, as in requests. */
  readonly requestIndex: number;
  readonly interactive: boolean;
  /** Upper ends of the flow classes: immediate, in flow, strained; beyond: broken. */
  readonly flowClassesMs: readonly [number, number, number];
  /** Time after a yield beyond which a human is not at work any more. */
  readonly offTaskMs: number;
  /** Attention is modelled, so its loss can be measured; otherwise observed gaps hold it. */
  readonly hasAttention: boolean;
  /** Humans who are there all the time; undefined: each session brings its own. */
  readonly users: number | undefined;
  /** A human runs several sessions at once, and is a server with a queue. */
  readonly sharesHuman: boolean;
}

/** The session populations of a scenario, in their order. Recorded sessions are judged by the limits of coding. */
export function sessionFacts({
  agents,
  populations,
}: Pick<Scenario, 'agents' | 'populations'>): SessionFacts[] {
  return (agents?.populations ?? []).map((population, index) => {
    const { name } = population;
    const place = { name, index, requestIndex: populations.length + index };
    if (population.kind === 'sessionReplay') {
      return { ...place, ...replayFacts, interactive: population.interactive };
    }
    const { interactive, human } = population.workload;
    const { members } = population;
    const isClosed = members.kind === 'closed';
    return {
      ...place,
      interactive,
      flowClassesMs: human.flowClassesMs,
      offTaskMs: human.offTaskMs,
      hasAttention: human.attention !== undefined,
      users: isClosed ? members.users : undefined,
      sharesHuman: isClosed && members.sessionsPerHuman > 1,
    };
  });
}

const replayFacts = {
  flowClassesMs: [1000, 10_000, 60_000],
  offTaskMs: 1_800_000,
  hasAttention: false,
  users: undefined,
  sharesHuman: false,
} as const;
