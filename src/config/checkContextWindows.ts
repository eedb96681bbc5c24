import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { Loading } from './loading.js';
import type { ResolvedPopulation } from './resolvePopulations.js';

/** Warns of populations whose requests are longer than the context window of the model that they ask for. */
export function checkContextWindows(
  populations: readonly ResolvedPopulation[],
  models: ReadonlyMap<string, ModelArchitecture>,
  { warn }: Loading,
): void {
  for (const { spec, demand } of populations) {
    const model = models.get(spec.role);
    if (model === undefined) continue;
    const { name, contextWindow } = model;
    const limit = `the ${contextWindow} tokens that ${name} accepts`;
    const { source } = spec;
    if (source.kind === 'replay') {
      const { count, promptTokens, outputTokens } = source.trace;
      let tooLong = 0;
      for (let i = 0; i < count; i++)
        if (promptTokens[i]! + outputTokens[i]! > contextWindow) tooLong++;
      if (tooLong === 0) continue;
      const message = `${tooLong} of ${count} requests exceed ${limit}: they will never fit`;
      warn({ code: 'W_WINDOW', message, path: ['populations', spec.name, 'replay', 'trace'] });
      continue;
    }
    const mean = Math.round(demand.sharedTokens + demand.freshTokens + demand.outputTokens);
    if (!Number.isFinite(mean) || mean <= contextWindow) continue;
    const message = `the mean context of ${mean} tokens exceeds ${limit}: those requests never fit`;
    warn({ code: 'W_WINDOW', message, path: ['populations', spec.name, 'workload'] });
  }
}
