import { expect, test } from 'vitest';
import type { ResourceSpec } from '../../sim/agents/resourceSpec.js';
import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { Body, Step } from '../../sim/agents/taskGraph.js';
import { littlesLaw } from '../../sim/metrics/littlesLaw.js';
import { simulate } from '../../sim/run/simulate.js';
import { flatPool } from '../run/handScenario.js';
import { brokenPartitions, notEndedOnce, stillHeld } from './agentInvariants.js';
import { chain, constant, oneTask, taskScenario, tool } from './handTasks.js';

/** A small deterministic die. */
function dice(seed: number): (sides: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * sides);
  };
}

/**
 * Sandboxes are few with nobody waiting, or enough for all: with few, tasks that hold one and wait for another
 * can block each other for ever, as they can in the world.
 */
const resources = (sandboxes: number, maxWaiting: number): readonly ResourceSpec[] => [
  { kind: 'tools', name: 'builders', slots: 2, maxWaiting: 3, usdPerHour: 1 },
  { kind: 'store', name: 'index', slots: 1, maxWaiting: Infinity, usdPerHour: undefined },
  {
    kind: 'model',
    name: 'speech',
    slots: 1,
    maxWaiting: Infinity,
    usdPerHour: undefined,
    fixedMs: 50,
    msPerUnit: 10,
  },
  {
    kind: 'sandboxes',
    name: 'hosts',
    slots: sandboxes,
    maxWaiting,
    usdPerHour: undefined,
    createMs: { kind: 'uniform', min: 500, max: 5000 },
    warmStartMs: 100,
    warmTarget: 1,
    createIntervalMs: 300,
  },
];

const shortLaw = { kind: 'lognormal', median: 400, sigma: 1.5, atMost: 60_000 } as const;
const tokenLaw = { kind: 'uniform', min: 0, max: 60 } as const;

/** A body of up to four steps of any kind, each after some of those before it. */
function randomBody(roll: (sides: number) => number, depth: number): Body {
  const count = roll(4) + (depth === 0 ? 1 : 0);
  return {
    steps: Array.from({ length: count }, (_, index): Step => {
      const after = Array.from({ length: index }, (_, at) => at).filter(() => roll(2) === 0);
      return randomStep(roll, depth, { id: `${depth}.${index}`, after });
    }),
  };
}

function randomStep(
  roll: (sides: number) => number,
  depth: number,
  base: { readonly id: string; readonly after: readonly number[] },
): Step {
  const failing = { failureProbability: roll(3) / 4, retries: roll(3), resultTokens: tokenLaw };
  const timed = { durationMs: shortLaw, ...failing };
  const kind = roll(depth < 3 ? 12 : 7);
  if (kind < 2) {
    return {
      ...base,
      kind: 'infer',
      role: 'chat',
      label: undefined,
      appendTokens: tokenLaw,
      reasoningTokens: roll(2) === 0 ? tokenLaw : undefined,
      outputTokens: tokenLaw,
      visibleShare: roll(3) / 2,
    };
  }
  if (kind === 2) {
    const resource = roll(2) === 0 ? 'builders' : undefined;
    return { ...base, kind: 'tool', resource, ...timed };
  }
  if (kind === 3) return { ...base, kind: 'query', resource: 'index', ...timed };
  if (kind === 4) return { ...base, kind: 'model', resource: 'speech', units: tokenLaw };
  if (kind === 5) return { ...base, kind: 'sandbox', resource: 'hosts' };
  if (kind === 6) {
    return { ...base, kind: 'human', engagedMs: shortLaw, probability: 0.6 };
  }
  const body = randomBody(roll, depth + 1);
  if (kind === 7) {
    const lastRoundEndsAfter = body.steps.length > 0 ? roll(body.steps.length) : undefined;
    const rounds = { kind: 'untilDone', doneProbability: 0.4 } as const;
    return { ...base, kind: 'loop', rounds, maxRounds: 1 + roll(4), body, lastRoundEndsAfter };
  }
  if (kind === 8 || kind === 9) {
    const join = [
      { kind: 'all' } as const,
      { kind: 'any' } as const,
      { kind: 'quorum', count: 2 } as const,
    ][roll(3)]!;
    return { ...base, kind: 'parallel', copies: { kind: 'uniform', min: 0, max: 3 }, join, body };
  }
  if (kind === 10) {
    const arms = [
      { weight: 1, body },
      { weight: 2, body: randomBody(roll, depth + 1) },
    ];
    return { ...base, kind: 'branch', arms };
  }
  const sharedPrefix = { id: 'helpers', tokens: 32 };
  return {
    ...base,
    kind: 'agent',
    body,
    startTokens: tokenLaw,
    resultTokens: tokenLaw,
    sharedPrefix,
  };
}

/** People with habits of all kinds, who run a random task graph. */
function randomPeople(roll: (sides: number) => number, name: string): SessionPopulation {
  const people = oneTask(randomBody(roll, 0), {
    interactive: roll(4) > 0,
    tasks: { kind: 'uniform', min: 1, max: 4 },
    startTokens: tokenLaw,
    sharedPrefix: roll(2) === 0 ? { id: 'system', tokens: 48 } : undefined,
    compaction: roll(2) === 0 ? { atShare: 0.5, toTokens: constant(40) } : undefined,
    reasoning: roll(2) === 0 ? 'kept' : 'droppedAtTurn',
    success: roll(2) === 0 ? { byAttempt: [0.5, 0.7], maxAttempts: 3 } : undefined,
    interruption: roll(2) === 0 ? { probability: 0.2, afterMs: shortLaw } : undefined,
    human: {
      readingTokensPerMs: 0.0053,
      thinkingMs: shortLaw,
      attention:
        roll(4) === 0
          ? undefined
          : {
              holdsMs: 1000,
              leavesAfterMs: 3000,
              noticeMs: shortLaw,
              resumption: { baseMs: 500, scaleMs: 2000, awayScaleMs: 1500, maxMs: 18_000 },
            },
      observedGapMs: shortLaw,
      flowClassesMs: [1000, 10_000, 60_000],
      offTaskMs: 1_800_000,
    },
  });
  const sessionsPerHuman = 1 + roll(3);
  const closed = {
    kind: 'closed',
    users: 1 + roll(3),
    sessionsPerHuman,
    switchMs: 200,
    offTimeMs: shortLaw,
  } as const;
  const open = { kind: 'open', arrivals: { kind: 'poisson', ratePerMs: 0.0001 } } as const;
  const networkMs = roll(2) === 0 ? constant(0) : shortLaw;
  return { ...people, name, members: roll(2) === 0 ? open : closed, networkMs };
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'whatever people and agents do: everything ends once, nothing stays held, time adds up (seed %i)',
  (seed) => {
    const roll = dice(seed);
    const engine = flatPool(
      'gpu',
      {
        iterationMs: 20,
        kvBlocks: 60,
        maxSequences: 1 + roll(4),
        asyncScheduling: roll(3) > 0,
        wholeSequenceAdmission: roll(3) > 0,
        prefixCache: roll(4) > 0,
      },
      { replicas: 1 + roll(2), maxWaiting: roll(2) === 0 ? 4 : Number.POSITIVE_INFINITY },
    );
    const model = { ...engine.deployment.model, contextWindow: 900 };
    const pools = [{ ...engine, deployment: { ...engine.deployment, model } }];
    // Somebody waits for long and uses nothing: when that is over, everything else has been for a while.
    const patient = { ...oneTask(chain(tool('sleep', 2e6))), name: 'patient' };
    const people = [randomPeople(roll, 'few'), randomPeople(roll, 'more'), patient];
    // Rows are few in some runs: the rest of the requests borrow them.
    const maxRecords = roll(3) === 0 ? 5 : 1e6;
    const hosts = roll(2) === 0 ? resources(4, 0) : resources(500, 2);
    const scenario = taskScenario(people, hosts, {
      pools,
      horizonMs: 60_000,
      limits: { maxEvents: 2e6, maxRecords },
    });
    const run = simulate(scenario, { seed: `${seed}`, replication: 0 });
    expect([run.ending, run.endMs]).toEqual(['drained', 2e6 + 1000]);
    expect(brokenPartitions(run)).toEqual([]);
    expect(notEndedOnce(run)).toEqual([]);
    for (const { relativeError } of littlesLaw(run) ?? []) expect(relativeError).toBeLessThan(1e-9);
    expect(simulate(scenario, { seed: `${seed}`, replication: 0 }).fingerprint).toBe(
      run.fingerprint,
    );
    expect(stillHeld(run, 1)).toEqual([]);
  },
);
