import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { SessionWorkload } from '../../sim/agents/sessionWorkload.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import type { Law } from '../../sim/laws/law.js';
import type { EngineOptions, GatewaySpec, Scenario } from '../../sim/run/scenario.js';
import type { ClosedLoop, MeasuredLoad, RecordedRequests } from './measuredLoad.js';

/** Options of vLLM 0.19 on a data-centre GPU. */
export const usualEngine: EngineOptions = {
  asyncScheduling: true,
  wholeSequenceAdmission: true,
  prefixCache: true,
  blockTokens: 16,
  maxSequences: 1024,
  maxBatchTokens: 8192,
};

/** What was measured: a server, and the load on it. */
export interface MeasuredServer {
  readonly deployment: Deployment;
  readonly engine: EngineOptions;
  readonly gateway?: GatewaySpec;
  readonly load: MeasuredLoad;
}

const role = 'measured';
const horizonMs = 1_000;
const nothing: Law = { kind: 'constant', value: 0 };

/** The experiment that a measurement was: one replica, driven as the benchmark drove it, until all have ended. */
export function measuredScenario({ deployment, engine, gateway, load }: MeasuredServer): Scenario {
  const closed = load.kind === 'closed';
  // Closed clients have a number of requests to send; a record has its own end.

  return {
    name: 'measured',
    horizonMs: closed ? horizonMs : horizonMs + (load.sentMs.at(-1) ?? 0),
    drain: true,
    warmup: { kind: 'cut', untilMs: 0 },
    populations: closed ? [] : [recordedPopulation(load)],
    gateway,
    pools: [
      {
        kind: 'engine',
        name: 'server',
        serves: [role],
        replicas: 1,
        deployment,
        engine,
        router: { policy: 'round-robin', slack: 8 },
        maxWaiting: Number.POSITIVE_INFINITY,
        usdPerReplicaHour: undefined,
      },
    ],
    placement: [{ when: {}, prefer: ['server'], spillAt: {} }],
    limits: { maxEvents: 50_000_000, maxRecords: 1_000_000 },
    ...(closed
      ? {
          agents: { populations: [closedPopulation(load)], resources: [], prehistory: undefined },
        }
      : {}),
  };
}

function recordedPopulation({
  sentMs,
  ...rest
}: RecordedRequests): Scenario['populations'][number] {
  const { promptTokens, outputTokens, blockHashes } = rest;
  const trace = {
    name: role,
    count: sentMs.length,
    arrivalMs: sentMs,
    promptTokens,
    outputTokens,
    blockHashes,
  };
  return {
    name: role,
    interactive: false,
    role,
    source: { kind: 'replay', trace, rateFactor: 1, copies: 1 },
    networkMs: nothing,
  };
}

function closedPopulation(load: ClosedLoop): SessionPopulation {
  const { concurrency, promptTokens, outputTokens, shortest } = load;
  const fresh: SessionWorkload = {
    name: role,
    interactive: false,
    sharedPrefix: undefined,
    startTokens: nothing,
    compaction: undefined,
    reasoning: 'kept',
    tasks: { kind: 'constant', value: roundsOf(load) },
    // An agent has a fresh context: no request shares a prefix with another.
    task: {
      steps: [
        {
          kind: 'agent',
          id: 'request',
          after: [],
          startTokens: lengths(promptTokens, shortest),
          resultTokens: nothing,
          sharedPrefix: undefined,
          body: {
            steps: [
              {
                kind: 'infer',
                id: 'call',
                after: [],
                role,
                label: undefined,
                appendTokens: nothing,
                reasoningTokens: undefined,
                outputTokens: lengths(outputTokens, shortest),
                visibleShare: 1,
              },
            ],
          },
        },
      ],
    },
    success: undefined,
    interruption: undefined,
    human: noHuman,
  };
  return {
    kind: 'sessions',
    name: role,
    workload: fresh,
    members: {
      kind: 'closed',
      users: concurrency,
      sessionsPerHuman: 1,
      switchMs: 0,
      offTimeMs: { kind: 'constant', value: 2 * horizonMs },
    },
    networkMs: nothing,
  };
}

function roundsOf({ concurrency, requestsEach }: ClosedLoop): number {
  return requestsEach ?? Math.max(10, Math.ceil(40 / concurrency));
}

function lengths(longest: number, shortest: number): Law {
  if (shortest >= 1) return { kind: 'constant', value: longest };
  return { kind: 'uniform', min: shortest * longest, max: longest, round: 'nearest', atLeast: 1 };
}

const noHuman: SessionWorkload['human'] = {
  readingTokensPerMs: 1,
  thinkingMs: nothing,
  attention: undefined,
  observedGapMs: nothing,
  flowClassesMs: [1, 2, 3],
  offTaskMs: 1,
};
