import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { SessionWorkload } from '../../sim/agents/sessionWorkload.js';
import type { Body, InferStep, Step, ToolStep } from '../../sim/agents/taskGraph.js';
import type { Law } from '../../sim/laws/law.js';
import type { AgentScenario, Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { handScenario, station } from '../run/handScenario.js';

export const constant = (value: number): Law => ({ kind: 'constant', value });

/** A law that no test lets happen: longer than any run. */
export const never = constant(1e9);

type Sequel = readonly number[] | undefined;

/** A tool call at an external service. */
export function tool(id: string, durationMs: Law | number, after?: Sequel, changes = {}): ToolStep {
  return {
    kind: 'tool',
    id,
    after: after ?? [],
    resource: undefined,
    durationMs: typeof durationMs === 'number' ? constant(durationMs) : durationMs,
    failureProbability: 0,
    retries: 0,
    resultTokens: undefined,
    ...changes,
  };
}

/** An LLM call that appends 10 tokens and writes 20, none of them shown. */
export function infer(id: string, after?: Sequel, changes: Partial<InferStep> = {}): InferStep {
  return {
    kind: 'infer',
    id,
    after: after ?? [],
    role: 'chat',
    label: undefined,
    appendTokens: constant(10),
    reasoningTokens: undefined,
    outputTokens: constant(20),
    visibleShare: 0,
    ...changes,
  };
}

/** The human is asked, and is engaged for this long. */
export function ask(id: string, engagedMs: number, after?: Sequel): Step {
  const engaged = constant(engagedMs);
  return {
    kind: 'human',
    id,
    after: after ?? [],
    engagedMs: engaged,
    probability: 1,
  };
}

/** Steps that do not name what they follow start at once. */
export function body(...steps: Step[]): Body {
  return { steps };
}

/** Steps one after the other, whatever they name. */
export function chain(...steps: Step[]): Body {
  return {
    steps: steps.map((step, index) => ({ ...step, after: index === 0 ? [] : [index - 1] })),
  };
}

/** One human whose only session is one task; who thinks for a second, reads a token a ms, and never leaves. */
export function oneTask(
  task: Body,
  changes: Partial<SessionWorkload> = {},
  population: Partial<SessionPopulation> = {},
): SessionPopulation {
  return {
    kind: 'sessions',
    name: 'developers',
    members: { kind: 'closed', users: 1, sessionsPerHuman: 1, switchMs: 0, offTimeMs: never },
    networkMs: constant(0),
    ...population,
    workload: {
      name: 'by-hand',
      interactive: true,
      sharedPrefix: undefined,
      startTokens: constant(1000),
      compaction: undefined,
      reasoning: 'kept',
      tasks: constant(1),
      task,
      success: undefined,
      interruption: undefined,
      human: {
        readingTokensPerMs: 1,
        thinkingMs: constant(1000),
        attention: {
          holdsMs: 1e12,
          leavesAfterMs: 1,
          noticeMs: constant(0),
          resumption: { baseMs: 0, scaleMs: 0, awayScaleMs: 1, maxMs: 0 },
        },
        observedGapMs: undefined,
        flowClassesMs: [1000, 10_000, 60_000],
        offTaskMs: 1_800_000,
      },
      ...changes,
    },
  };
}

/** These sessions on a station that answers any number of calls, each in a second. */
export function taskScenario(
  populations: readonly SessionPopulation[],
  resources: AgentScenario['resources'] = [],
  changes: Partial<Scenario> = {},
): Scenario {
  return handScenario({
    populations: [],
    pools: [station('answers', { servers: 1e6 })],
    horizonMs: 100_000,
    agents: { populations, resources, prehistory: undefined },
    ...changes,
  });
}

/** What one session did: its turns as `[submit, yield, next]`, and its logged steps as `step: start–end`. */
export function runTask(scenario: Scenario, seed = '1') {
  const run = simulate(scenario, { seed, replication: 0 });
  const { turns, records } = run.agents!;
  const steps = records.flatMap(({ turn, steps }) =>
    steps.map(({ step, startMs, endMs }) => ({ turn, text: `${step}: ${startMs}–${endMs}` })),
  );
  steps.sort((a, b) => a.turn - b.turn);
  return {
    run,
    turns: Array.from({ length: turns.count }, (_, row) => [
      turns.submitMs[row]!,
      turns.yieldMs[row]!,
      turns.nextMs[row]!,
    ]),
    steps: steps.map(({ text }) => text),
    ends: Array.from(turns.end),
  };
}
