import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { checkContextSizes } from './checkContextSizes.js';
import { checkReachability } from './checkReachability.js';
import { configHash } from './configHash.js';
import { namedSections } from './experimentSchema.js';
import { fitLines } from './fitLines.js';
import type { FitLine, LoadResult } from './loadedExperiment.js';
import { type Loading, startLoading } from './loading.js';
import { mistakeList } from './mistakes.js';
import { openModel } from './openProfile.js';
import { openTraces } from './openTraces.js';
import { withOverrides } from './overrides.js';
import { readDocument } from './readDocument.js';
import { experimentKeys, readSections, type Sections } from './readSections.js';
import { reportTo } from './reportTo.js';
import { resolveBudgets } from './resolveBudgets.js';
import { resolvePlacement } from './resolvePlacement.js';
import { resolvePools } from './resolvePools.js';
import { type ResolvedPopulation, resolvePopulations } from './resolvePopulations.js';
import { type RunSettings, runSettings } from './runSettings.js';

/** How to load an experiment. */
export interface LoadOptions {
  /** `path=value` of each `--set`, in order. */
  readonly overrides: readonly string[];
  /** A short look: see `runSettings`. */
  readonly quick: boolean;
  /** Folder of traces, instead of what the file or INFLOW_DATA names. */
  readonly dataFolder?: string;
}

/**
 * Reads an experiment file and everything that it names, checks it, and resolves it to a scenario in base
 * units. All mistakes are found at once; nothing is thrown for what files hold.
 */
export function loadExperiment(file: string, options: LoadOptions): LoadResult {
  const read = readDocument(file, file);
  if (!read.ok) return read;
  const mistakes = mistakeList();
  const targets = { keys: experimentKeys, named: Object.keys(namedSections) };
  const document = withOverrides(read.document, options.overrides, targets, mistakes);
  const loading = startLoading(file, document, mistakes);
  const sections = readSections(document.tree, reportTo(document, mistakes));
  const experiment = sections && resolveExperiment(sections, loading, options);
  const warnings = mistakes.sorted('warning');
  if (experiment !== undefined && !mistakes.hasErrors()) return { ok: true, experiment, warnings };
  const errors = mistakes.sorted('error');
  const isAbsence = errors.every(({ code }) => code === 'E_ABSENT' || code === 'E_FILE');
  return { ok: false, exitCode: isAbsence ? 4 : 2, mistakes: mistakes.sorted() };
}

type Loaded = Extract<LoadResult, { ok: true }>['experiment'];

function resolveExperiment(
  sections: Sections,
  loading: Loading,
  options: LoadOptions,
): Loaded | undefined {
  const settings = runSettings(sections.run, options.quick, loading);
  const models = resolveModels(sections, loading);
  const openTrace = openTraces(loading, sections.run.data, options.dataFolder);
  const populations = resolvePopulations(sections, settings.horizonMs, openTrace, loading);
  const fleet = resolvePools(sections, models, loading);
  const placement = resolvePlacement(sections, loading);
  const budgets = resolveBudgets(sections, loading);
  const { names } = sections.populations;
  const isComplete = names.size > 0 && populations.length === names.size && fleet.isComplete;
  if (!isComplete) return undefined;

  checkReachability(populations, fleet.pools, placement, loading);
  checkContextSizes(populations, fleet.pools, loading);
  if (loading.mistakes.hasErrors()) return undefined;
  const { name, seed, replications } = settings;
  const scenario: Scenario = {
    ...scenarioSettings(settings),
    populations: populations.map(({ spec }) => spec),
    gateway: fleet.gateway,
    pools: fleet.pools,
    placement,
  };
  const fit = fitLines(
    fleet.pools,
    populations.map(({ demand }) => demand),
  );
  warnOfOverload(fit, populations, loading);
  const judged = budgets.map(({ line: _position, ...budget }) => budget);
  return {
    file: loading.file,
    name,
    about: sections.run.about,
    seed,
    replications,
    isQuick: options.quick,
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

/** The model that plays each role, where it could be read. */
function resolveModels(sections: Sections, loading: Loading): Map<string, ModelArchitecture> {
  const models = new Map<string, ModelArchitecture>();
  for (const [role, written] of sections.models.values) {
    const model = openModel(loading, written, ['models', role]);
    if (model !== undefined) models.set(role, model);
  }
  return models;
}

function warnOfOverload(
  fit: readonly FitLine[],
  populations: readonly ResolvedPopulation[],
  { warn }: Loading,
): void {
  for (const line of fit) {
    if (line.kind !== 'load' || line.load <= 1) continue;
    const asking = populations.filter(({ spec }) => line.role.split(', ').includes(spec.role));
    const largest = asking.sort((a, b) => b.demand.requestsPerSec - a.demand.requestsPerSec)[0];
    const source = largest?.spec.source.kind === 'replay' ? 'replay' : 'arrivals';
    warn({
      code: 'W_LOAD',
      message: `more is asked than the fleet can roughly do: ${line.text}`,
      path: largest === undefined ? [] : ['populations', largest.spec.name, source],
      hint: 'Queues will grow as long as the run lasts',
    });
  }
}
