import { fleetUsdPerHour } from '../../sim/metrics/fleetPrice.js';
import { type Mistake, type MistakeList, mistakeList } from '../mistakes/mistakes.js';
import { checkPriceBases } from './checkPriceBases.js';
import { equaliseCost, isNear } from './equaliseCost.js';
import { namedSections } from './experimentSchema.js';
import { extendedDocument } from './extendedDocument.js';
import { isMapping, type Report } from './inputSchema.js';
import type { Adjustment, LoadedExperiment } from './loadedExperiment.js';
import { startLoading } from './loading.js';
import type { LoadOptions } from './loadOptions.js';
import { mergeMixMistakes } from './mergeMixMistakes.js';
import { type MixDocument, mixDocuments } from './mixDocuments.js';
import type { EqualiseRule } from './mixSchema.js';
import { suggestion } from './nearestName.js';
import { openTraces } from './openTraces.js';
import { withOverrides } from './overrides.js';
import { readDocument, type SourceDocument } from './readDocument.js';
import { experimentKeys, readSections } from './readSections.js';
import { reportTo } from './reportTo.js';
import { resolveExperiment, resolveShared, type SharedParts } from './resolveExperiment.js';

export type MixesResult =
  | {
      readonly ok: true;
      /** In the order of the file; one, without a name, where the file has no `mixes:`. */
      readonly mixes: readonly LoadedExperiment[];
      /** Share by which prices may differ and still count as equal; undefined: the file does not ask for it. */
      readonly equalise: { readonly unit: 'usdPerHour'; readonly tolerance: number } | undefined;
      readonly warnings: readonly Mistake[];
    }
  /** 2: a mistake in the content of a file; 4: a file is absent or unreadable. */
  | { readonly ok: false; readonly exitCode: 2 | 4; readonly mistakes: readonly Mistake[] };

/**
 * Reads an experiment file and everything that it names, checks it, and resolves each of its mixes to a
 * scenario in base units. All mistakes are found at once; nothing is thrown for what files hold.
 */
export function loadMixes(file: string, options: LoadOptions): MixesResult {
  const own = readDocument(file, file);
  if (!own.ok) return own;
  const read = extendedDocument(own.document);
  if (!read.ok) return read;
  const mistakes = mistakeList();
  const document = withOverrides(read.document, options.overrides, overrideTargets, mistakes);
  const report = reportTo(document, mistakes);
  const { documents, equalise } = mixDocuments(document, report);
  const resolve = resolver(file, document, documents, options, mistakes);

  const names = documents.flatMap(({ mix }) => (mix === undefined ? [] : [mix]));
  const adjusted = equalise && adjustReplicas(documents, equalise, resolve, report);
  const mixes = documents.flatMap((each) => {
    const experiment = resolve(each, mistakes);
    if (experiment === undefined) return [];
    const changes = adjusted?.get(each) ?? [];
    return [{ ...experiment, ...(changes.length === 0 ? {} : { adjusted: changes }) }];
  });
  if (!mistakes.hasErrors() && mixes.length === documents.length && mixes.length > 0) {
    const warn = reportTo(document, mistakes, 'warning');
    if (mixes.length > 1) checkPriceBases(mixes, warn);
    if (equalise !== undefined) tellPrices(mixes, equalise, warn);
    return {
      ok: true,
      mixes,
      equalise: equalise && { unit: equalise.by, tolerance: equalise.within },
      warnings: mergeMixMistakes(mistakes.sorted('warning'), names),
    };
  }
  const errors = mistakes.sorted('error');
  const isAbsence = errors.every(({ code }) => code === 'E_ABSENT' || code === 'E_FILE');
  return {
    ok: false,
    exitCode: isAbsence ? 4 : 2,
    mistakes: mergeMixMistakes(mistakes.sorted(), names),
  };
}

const overrideTargets = {
  keys: experimentKeys,
  named: [...Object.keys(namedSections), 'mixes'],
};

type Resolve = (mix: MixDocument, mistakes: MistakeList) => LoadedExperiment | undefined;

/** Resolves the mixes of a file; what they share is resolved, and its mistakes are told, once. */
function resolver(
  file: string,
  document: SourceDocument,
  documents: readonly MixDocument[],
  { quick, dataFolder }: LoadOptions,
  mistakes: MistakeList,
): Resolve {
  const poolsOfAllMixes = new Set(documents.flatMap(poolNames));
  const loading = startLoading(file, document, mistakes);
  let shared: SharedParts | undefined;
  return ({ mix, about, document }, mistakes) => {
    const sections = readSections(document.tree, reportTo(document, mistakes));
    if (sections === undefined) return undefined;
    shared ??= {
      ...resolveShared(
        sections,
        loading,
        quick,
        openTraces(loading, sections.run.data, dataFolder),
      ),
      poolsOfAllMixes,
    };
    const found = resolveExperiment(sections, startLoading(file, document, mistakes, mix), shared);
    return found && mix !== undefined ? { ...found, mix, about: about ?? found.about } : found;
  };
}

function poolNames({ document }: MixDocument): string[] {
  const { tree } = document;
  return isMapping(tree) && isMapping(tree['fleet']) ? Object.keys(tree['fleet']) : [];
}

/** Changes replica counts so that all mixes cost what the first does, as nearly as they can. */
function adjustReplicas(
  documents: readonly MixDocument[],
  { adjust, within }: EqualiseRule,
  resolve: Resolve,
  report: Report,
): Map<MixDocument, readonly Adjustment[]> {
  const pools = new Set(documents.flatMap(poolNames));
  adjust?.forEach((name, index) => {
    const hint = suggestion(name, pools);
    if (!pools.has(name))
      report({
        code: 'E_REF',
        message: 'no mix has a pool of this name',
        path: ['equalise', 'adjust', index],
        ...(hint === undefined ? {} : { hint }),
      });
  });
  const changes = new Map<MixDocument, readonly Adjustment[]>();
  // What is wrong is told when the mixes are resolved as they will be run.
  const [first, ...others] = documents.map((mix) => ({ mix, found: resolve(mix, mistakeList()) }));
  const usdPerHour = first?.found && fleetUsdPerHour(first.found.scenario);
  if (usdPerHour === undefined) return changes;
  for (const { mix, found } of others) {
    const adjusted = found ? equaliseCost(found.scenario, usdPerHour, within, adjust) : [];
    const { fleet } = mix.document.tree as { fleet: Record<string, object> };
    for (const { pool, to } of adjusted) fleet[pool] = { ...fleet[pool], replicas: to };
    changes.set(mix, adjusted);
  }
  return changes;
}

/** Warns of mixes that do not cost what the first does, with both figures. */
function tellPrices(
  [first, ...others]: readonly LoadedExperiment[],
  { within }: EqualiseRule,
  warn: Report,
): void {
  const wanted = fleetUsdPerHour(first!.scenario);
  if (wanted === undefined) {
    const message = `${first!.mix ?? first!.name} has a pool without a price, so that prices cannot be made equal`;
    warn({ code: 'W_COST', message, path: ['equalise'] });
    return;
  }
  for (const { mix = '', scenario } of others) {
    const found = fleetUsdPerHour(scenario);
    const path = ['mixes', mix];
    const costs = `${first!.mix} costs ${wanted.toFixed(2)} USD/h`;
    if (found === undefined)
      warn({
        code: 'W_COST',
        message: `${costs}; ${mix} has a pool without a price`,
        path,
        atKey: true,
      });
    else if (!isNear(found, wanted, within))
      warn({
        code: 'W_COST',
        message: `${costs} and ${mix} ${found.toFixed(2)} USD/h: not equal within ${within * 100}%`,
        path,
        atKey: true,
      });
  }
}
