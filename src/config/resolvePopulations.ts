import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { SessionReplayPopulation } from '../../sim/agents/sessionReplayPopulation.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { RequestPopulation } from '../../sim/run/scenario.js';
import { byName } from './byName.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import { type Demand, demandOfLaws } from './demand.js';
import type { PopulationInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import { noDelay } from './noDelay.js';
import type { OpenTrace } from './openTraces.js';
import { type OpenedWorkload, openWorkload } from './openWorkload.js';
import type { PopulationByArrivals, PopulationByUsers } from './populationSchema.js';
import type { DocumentPath } from './readDocument.js';
import type { Sections } from './readSections.js';
import { resolveReplay } from './resolveReplay.js';
import { resolveSessionWorkload } from './resolveSessionWorkload.js';
import { sessionDemand } from './sessionDemand.js';
import type { Need } from './stepPart.js';
import { urgencyOf } from './urgencyFields.js';
import type { WrittenRequests, WrittenSessions } from './workloadSchema.js';

/** A population of the scenario, and what is known of it before a run. */
export interface ResolvedPopulation {
  readonly spec: RequestPopulation | SessionPopulation | SessionReplayPopulation;
  readonly info: PopulationInfo;
  readonly interactive: boolean;
  /** What it asks of each model role, on average. */
  readonly demands: readonly Demand[];
  /** Model roles and pools that it needs, each where the experiment names it or the workload that does. */
  readonly needs: readonly Need[];
  /** Where its size stands: arrivals, users or the trace. */
  readonly sizePath: DocumentPath;
}

/** The populations that could be resolved, sorted by name. */
export function resolvePopulations(
  sections: Sections,
  models: ReadonlyMap<string, ModelArchitecture>,
  horizonMs: number,
  openTrace: OpenTrace,
  loading: Loading,
): ResolvedPopulation[] {
  const windowTokens = (role: string) =>
    models.get(role)?.contextWindow ?? Number.POSITIVE_INFINITY;
  return [...sections.populations.values].sort(byName).flatMap(([name, population]) => {
    const path = ['populations', name];
    if (population.network !== undefined)
      checkHeavyTail(population.network, [...path, 'network'], loading.warn);
    const resolved =
      'replay' in population && population.replay !== undefined
        ? resolveReplay(name, population, horizonMs, openTrace, loading)
        : byWorkload(name, population as WorkloadPopulation, { horizonMs, windowTokens }, loading);
    return resolved === undefined ? [] : [resolved];
  });
}

type WorkloadPopulation = PopulationByArrivals | PopulationByUsers;

/** What the rough arithmetic needs to know of the run. */
interface Bounds {
  readonly horizonMs: number;
  /** Longest context of the model in a role. */
  readonly windowTokens: (role: string) => number;
}

function byWorkload(
  name: string,
  population: WorkloadPopulation,
  bounds: Bounds,
  loading: Loading,
): ResolvedPopulation | undefined {
  const path = ['populations', name];
  const workload = openWorkload(population.workload, [...path, 'workload'], loading);
  if (workload === undefined) return undefined;
  const { written } = workload;
  const interactive = population.interactive ?? written.interactive;
  if (written.turn !== undefined)
    return sessions(name, population, workload, written, interactive, bounds, loading);
  if ('arrivals' in population)
    return requests(name, population, workload, written, interactive, bounds);
  return loading.report({
    code: 'E_KEY',
    message: 'users need a workload with a turn; this one is single requests',
    path: [...path, 'users'],
    atKey: true,
    hint: 'Use arrivals: { rate: 2/s }',
  });
}

function requests(
  name: string,
  { arrivals, network, ...rest }: PopulationByArrivals,
  { name: workload, needs }: OpenedWorkload,
  { request }: WrittenRequests,
  interactive: boolean,
  { horizonMs }: Bounds,
): ResolvedPopulation {
  const source = {
    kind: 'laws',
    arrivals: arrivals.process,
    batch: arrivals.batch,
    promptTokens: request.prompt,
    outputTokens: request.output,
    sharedPrefix: request.shared,
  } as const;
  const role = request.model;
  const demand = demandOfLaws(role, source, horizonMs);
  const { requestsPerSec } = demand;
  return {
    spec: { name, interactive, role, source, networkMs: network ?? noDelay, ...urgencyOf(rest) },
    info: { name, workload, role, interactive, requestsPerSec },
    interactive,
    demands: [demand],
    needs,
    sizePath: ['populations', name, 'arrivals'],
  };
}

function sessions(
  name: string,
  population: WorkloadPopulation,
  { name: workloadName, needs }: OpenedWorkload,
  written: WrittenSessions,
  interactive: boolean,
  { horizonMs, windowTokens }: Bounds,
  loading: Loading,
): ResolvedPopulation {
  const workload = resolveSessionWorkload(workloadName, written, interactive);
  const members = membersOf(name, population, loading);
  const networkMs = population.network ?? noDelay;
  const spec: SessionPopulation = {
    kind: 'sessions',
    name,
    workload,
    members,
    networkMs,
    ...urgencyOf(population),
  };
  const demands = sessionDemand(spec, horizonMs, windowTokens);
  const roles = [...new Set(demands.map(({ role }) => role))].sort();
  const requestsPerSec = demands.reduce((sum, each) => sum + each.requestsPerSec, 0);
  const info: PopulationInfo = {
    name,
    workload: workloadName,
    role: roles.join(', '),
    interactive,
    requestsPerSec,
    ...(members.kind === 'closed' ? { users: members.users } : {}),
  };
  const sizePath = ['populations', name, members.kind === 'closed' ? 'users' : 'arrivals'];
  return { spec, info, interactive, demands, needs, sizePath };
}

function membersOf(
  name: string,
  population: WorkloadPopulation,
  { report, warn }: Loading,
): SessionPopulation['members'] {
  const path = ['populations', name];
  if ('arrivals' in population) {
    const { process, batch } = population.arrivals;
    if (batch > 1)
      report({
        code: 'E_KEY',
        message: 'sessions start one by one: batch is for requests',
        path: [...path, 'arrivals', 'batch'],
        atKey: true,
      });
    return { kind: 'open', arrivals: process };
  }
  const { users, sessionsPerHuman, offTime = noDelay, switch: switchMs } = population;
  checkHeavyTail(offTime, [...path, 'offTime'], warn);
  return { kind: 'closed', users, sessionsPerHuman, switchMs, offTimeMs: offTime };
}
