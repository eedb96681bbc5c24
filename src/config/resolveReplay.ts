import type { SessionReplayPopulation } from '../../sim/agents/sessionReplayPopulation.js';
import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import type { ReplaySource, RequestPopulation } from '../../sim/run/scenario.js';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import { type Demand, demandOfReplay, demandOfSessionReplay } from './demand.js';
import type { Loading } from './loading.js';
import { noDelay } from './noDelay.js';
import type { OpenTrace } from './openTraces.js';
import type { PopulationByTrace } from './populationSchema.js';
import type { ResolvedPopulation } from './resolvePopulations.js';
import { urgencyOf } from './urgencyFields.js';

/** A population whose requests, or sessions, were recorded. */
export function resolveReplay(
  name: string,
  population: PopulationByTrace,
  horizonMs: number,
  openTrace: OpenTrace,
  loading: Loading,
): ResolvedPopulation | undefined {
  const { replay } = population;
  const path = ['populations', name, 'replay'];
  const recorded = openTrace(replay.trace, replay.format, [...path, 'trace']);
  if (recorded === undefined) return undefined;
  if (recorded.kind === 'sessions') {
    const spec = sessionPopulation(name, population, recorded.sessions, loading);
    const need = { kind: 'role', name: replay.model, path: [...path, 'model'] } as const;
    // The two labels that placement rules know the calls of recorded agents by.
    const needs = ['main', 'sub-agent'].map((label) => ({ ...need, label }));
    return resolved(spec, recorded.sessions.name, demandOfSessionReplay(spec, horizonMs), needs);
  }
  for (const key of ['arrivals', 'shared', 'reading'] as const)
    if (replay[key] !== undefined)
      loading.report({
        code: 'E_KEY',
        message: `${key} is for recorded sessions, and this trace holds requests`,
        path: [...path, key],
        atKey: true,
      });
  const spec = requestPopulation(name, population, recorded.requests);
  const demand = demandOfReplay(spec.role, spec.source as ReplaySource, horizonMs);
  const needs = [{ kind: 'role', name: spec.role, path: [...path, 'model'] } as const];
  return resolved(spec, recorded.requests.name, demand, needs);
}

function resolved(
  spec: RequestPopulation | SessionReplayPopulation,
  traceName: string,
  demand: Demand,
  needs: ResolvedPopulation['needs'],
): ResolvedPopulation {
  const { name, role, interactive } = spec;
  const { requestsPerSec } = demand;
  return {
    spec,
    info: { name, workload: `trace ${traceName}`, role, interactive, requestsPerSec },
    interactive,
    demands: [demand],
    needs,
    sizePath: ['populations', name, 'replay'],
  };
}

function requestPopulation(
  name: string,
  { replay, interactive, network, ...rest }: PopulationByTrace,
  trace: RequestTrace,
): RequestPopulation {
  const { rate: rateFactor = 1, copies = 1 } = replay;
  return {
    name,
    interactive,
    role: replay.model,
    source: { kind: 'replay', trace, rateFactor, copies },
    networkMs: network ?? noDelay,
    ...urgencyOf(rest),
  };
}

/** Speed of reading, unless the file says otherwise: model.md section 6. */
const readingTokensPerSec = 5.3;

function sessionPopulation(
  name: string,
  { replay, interactive, network, ...rest }: PopulationByTrace,
  trace: SessionTrace,
  { report }: Loading,
): SessionReplayPopulation {
  const { arrivals, rate, copies, shared = 0, reading = readingTokensPerSec } = replay;
  const clash = (['rate', 'copies'] as const).find((key) => replay[key] !== undefined);
  if (arrivals !== undefined && (clash !== undefined || arrivals.batch > 1))
    report({
      code: 'E_KEY',
      message:
        clash === undefined
          ? 'sessions start one by one: batch is for requests'
          : `arrivals say when sessions start: ${clash} does not apply`,
      path: [
        'populations',
        name,
        'replay',
        ...(clash === undefined ? ['arrivals', 'batch'] : [clash]),
      ],
      atKey: true,
    });
  return {
    kind: 'sessionReplay',
    name,
    role: replay.model,
    interactive,
    trace,
    starts:
      arrivals === undefined
        ? { kind: 'recorded', rateFactor: rate ?? 1, copies: copies ?? 1 }
        : { kind: 'arrivals', process: arrivals.process },
    sharedPrefixTokens: shared,
    readingTokensPerMs: reading / 1000,
    networkMs: network ?? noDelay,
    ...urgencyOf(rest),
  };
}
