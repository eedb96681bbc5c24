import type { Prehistory } from '../../sim/agents/sessionPopulation.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { AgentScenario, Scenario } from '../../sim/run/scenario.js';
import { checkContextSizes } from './checkContextSizes.js';
import { checkPolicyPrices } from './checkPolicyPrices.js';
import { checkPrefetch } from './checkPrefetch.js';
import { checkReachability } from './checkReachability.js';
import { checkResources } from './checkResources.js';
import { configHash } from './configHash.js';
import { prehistory } from './experimentSchema.js';
import { fitLines } from './fitLines.js';
import type { FitLine, LoadedExperiment } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import { openModel } from './openProfile.js';
import type { OpenTrace } from './openTraces.js';
import type { Sections } from './readSections.js';
import { resolveBudgets } from './resolveBudgets.js';
import { checkPlacedTargets, resolveHandOvers } from './resolveHandOvers.js';
import { resolvePlacement } from './resolvePlacement.js';
import { type ResolvedFleet, resolvePools } from './resolvePools.js';
import { type ResolvedPopulation, resolvePopulations } from './resolvePopulations.js';
import { type RunSettings, runSettings } from './runSettings.js';

/** What all mixes of an experiment share. */
export interface SharedParts {
  readonly settings: RunSettings;
  /** The model that plays each role, where it could be read. */
  readonly models: ReadonlyMap<string, ModelArchitecture>;
  /** Those that could be resolved, sorted by name. */
  readonly populations: readonly ResolvedPopulation[];
  /** Pools of all mixes: a budget about one that a mix does not have is left out. */
  readonly poolsOfAllMixes: ReadonlySet<string>;
}

/** Resolves what does not depend on the fleet. @param isQuick a short look: see `runSettings` */
export function resolveShared(
  sections: Sections,
  loading: Loading,
  isQuick: boolean,
  openTrace: OpenTrace,
): Omit<SharedParts, 'poolsOfAllMixes'> {
  const settings = runSettings(sections.run, isQuick, loading);
  const models = resolveModels(sections, loading);
  const { horizonMs } = settings;
  const populations = resolvePopulations(sections, models, horizonMs, openTrace, loading);
  return { settings, models, populations };
}

/** Checks the sections of an experiment and resolves them to a scenario; undefined after a mistake, which is reported. */
export function resolveExperiment(
  sections: Sections,
  loading: Loading,
  { settings, models, populations, poolsOfAllMixes }: SharedParts,
): LoadedExperiment | undefined {
  const resolved = resolvePools(sections, models, loading);
  const pools = resolved.isComplete
    ? resolveHandOvers(resolved.pools, sections, loading)
    : resolved.pools;
  const fleet = { ...resolved, pools };
  const { names } = sections.populations;
  const hasAllPopulations = names.size > 0 && populations.length === names.size;
  const labels = hasAllPopulations ? labelsOf(populations) : undefined;
  const placement = resolvePlacement(sections, labels, loading);
  const budgets = resolveBudgets(sections, poolsOfAllMixes, loading);
  checkResources(populations, sections, loading);
  if (!hasAllPopulations || !fleet.isComplete) return undefined;

  checkPolicyPrices(fleet.pools, placement, loading);
  checkPlacedTargets(fleet.pools, placement, loading);
  const hasSessions = populations.some(({ spec }) => 'kind' in spec);
  checkPrefetch(fleet, hasSessions, loading);
  checkReachability(populations, fleet.pools, placement, loading);
  if (loading.mistakes.hasErrors()) return undefined;
  checkContextSizes(populations, fleet.pools, loading);
  const { name, seed, replications } = settings;
  const agents = agentScenario(populations, fleet, sections);
  const scenario: Scenario = {
    ...scenarioSettings(settings),
    populations: populations.flatMap(({ spec }) => ('kind' in spec ? [] : [spec])),
    gateway: fleet.gateway,
    pools: fleet.pools,
    placement,
    ...(agents === undefined ? {} : { agents }),
  };
  const fit = fitLines(fleet.pools, populations);
  warnOfOverload(fit, populations, loading);
  const judged = budgets.map(({ line: _position, ...budget }) => budget);
  return {
    file: loading.file,
    name,
    about: sections.run.about,
    seed,
    replications,
    isQuick: settings.isQuick,
    scenario,
    budgets,
    fit,
    configHash: configHash({ scenario, seed, replications, budgets: judged }),
    populations: populations.map(({ info }) => info),
    pools: fleet.infos,
  };
}

function scenarioSettings({ name, horizonMs, drain, warmup, limits }: RunSettings) {
  return { name, horizonMs, drain, warmup, limits };
}

/** Sessions and what they use; undefined in an experiment of requests alone. */
function agentScenario(
  populations: readonly ResolvedPopulation[],
  { resources }: ResolvedFleet,
  { run }: Sections,
): AgentScenario | undefined {
  const sessions = populations.flatMap(({ spec }) => ('kind' in spec ? [spec] : []));
  if (sessions.length === 0 && resources.length === 0) return undefined;
  const isClosed = sessions.some(
    (spec) => spec.kind === 'sessions' && spec.members.kind === 'closed',
  );
  const warmStart = run.warmStart ?? (isClosed ? prehistory.parse({}) : 'off');
  return {
    populations: sessions,
    resources,
    prehistory: warmStart === 'off' ? undefined : prehistoryOf(warmStart),
  };
}

function prehistoryOf(written: ReturnType<typeof prehistory.parse>): Prehistory {
  return { durationMs: written.prehistory, ttftMs: written.ttft, tpotMs: written.tpot };
}

function labelsOf(populations: readonly ResolvedPopulation[]): Set<string> {
  const needs = populations.flatMap((population) => population.needs);
  return new Set(needs.flatMap(({ label }) => (label === undefined ? [] : [label])));
}

/** The model that plays each role, where it could be read. */
function resolveModels(sections: Sections, loading: Loading): Map<string, ModelArchitecture> {
  const models = new Map<string, ModelArchitecture>();
  for (const [role, written] of sections.models.values) {
    const model = openModel(loading, written, ['models', role]);
    if (model !== undefined) models.set(role, model);
  }
  return models;
}

/**
 * Closed users slow down with the fleet, and the arithmetic is rough: what they would ask for at their own
 * pace is worth a warning only when it is far beyond the fleet.
 */
const alarmingLoad = { open: 1, closed: 2 } as const;

function warnOfOverload(
  fit: readonly FitLine[],
  populations: readonly ResolvedPopulation[],
  { warn, ofMix }: Loading,
): void {
  for (const line of fit) {
    if (line.kind !== 'load') continue;
    const roles = line.role.split(', ');
    const askedBy = ({ demands }: ResolvedPopulation) =>
      demands.reduce((sum, each) => sum + (roles.includes(each.role) ? each.requestsPerSec : 0), 0);
    const largest = [...populations].sort((a, b) => askedBy(b) - askedBy(a))[0];
    const kind = largest?.info.users === undefined ? 'open' : 'closed';
    if (line.load <= alarmingLoad[kind]) continue;
    warn({
      code: 'W_LOAD',
      message: ofMix(`more is asked than the fleet can roughly do: ${line.text}`),
      path: largest?.sizePath ?? [],
      hint:
        kind === 'closed'
          ? 'Users will wait for each other'
          : 'Queues will grow as long as the run lasts',
    });
  }
}
