import type { Law } from '../../sim/laws/law.js';
import type { LawSource, ReplaySource, RequestPopulation } from '../../sim/run/scenario.js';
import { byName } from './byName.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import { type Demand, demandOfLaws, demandOfReplay } from './demand.js';
import type { PopulationInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import type { OpenTrace } from './openTraces.js';
import { openWorkload } from './openWorkload.js';
import type { Population } from './populationSchema.js';
import type { DocumentPath } from './readDocument.js';
import type { Sections } from './readSections.js';

/** A population of the scenario, what is printed about it, and where its model role is named. */
export interface ResolvedPopulation {
  readonly spec: RequestPopulation;
  readonly info: PopulationInfo;
  readonly demand: Demand;
  readonly rolePath: DocumentPath;
}

/** The populations that could be resolved, sorted by name. */
export function resolvePopulations(
  sections: Sections,
  horizonMs: number,
  openTrace: OpenTrace,
  loading: Loading,
): ResolvedPopulation[] {
  return [...sections.populations.values].sort(byName).flatMap(([name, population]) => {
    if (population.network !== undefined)
      checkHeavyTail(population.network, ['populations', name, 'network'], loading.warn);
    const resolved =
      population.replay === undefined
        ? byLaws(name, population, horizonMs, loading)
        : byTrace(name, population, horizonMs, openTrace);
    return resolved === undefined ? [] : [resolved];
  });
}

type LawPopulation = Extract<Population, { replay?: never }>;
type TracePopulation = Exclude<Population, LawPopulation>;

function byLaws(
  name: string,
  population: LawPopulation,
  horizonMs: number,
  loading: Loading,
): ResolvedPopulation | undefined {
  const workload = openWorkload(population.workload, ['populations', name, 'workload'], loading);
  if (workload === undefined) return undefined;
  const { request } = workload;
  const source: LawSource = {
    kind: 'laws',
    arrivals: population.arrivals.process,
    batch: population.arrivals.batch,
    promptTokens: request.prompt,
    outputTokens: request.output,
    sharedPrefix: request.shared,
  };
  const spec: RequestPopulation = {
    name,
    interactive: population.interactive ?? workload.interactive,
    role: request.model,
    source,
    networkMs: population.network ?? noDelay,
  };
  const demand = demandOfLaws(request.model, source, horizonMs);
  const info = infoOf(spec, workload.name, demand);
  return { spec, info, demand, rolePath: workload.rolePath };
}

function byTrace(
  name: string,
  population: TracePopulation,
  horizonMs: number,
  openTrace: OpenTrace,
): ResolvedPopulation | undefined {
  const { trace: written, format, model, rate, copies } = population.replay;
  const trace = openTrace(written, format, ['populations', name, 'replay', 'trace']);
  if (trace === undefined) return undefined;
  const source: ReplaySource = { kind: 'replay', trace, rateFactor: rate, copies };
  const spec: RequestPopulation = {
    name,
    interactive: population.interactive,
    role: model,
    source,
    networkMs: population.network ?? noDelay,
  };
  const demand = demandOfReplay(model, source, horizonMs);
  const info = infoOf(spec, `trace ${trace.name}`, demand);
  return { spec, info, demand, rolePath: ['populations', name, 'replay', 'model'] };
}

const noDelay: Law = { kind: 'constant', value: 0 };

function infoOf(
  { name, role, interactive }: RequestPopulation,
  workload: string,
  { requestsPerSec }: Demand,
): PopulationInfo {
  return { name, workload, role, interactive, requestsPerSec };
}
