import type { LoadedExperiment } from '../config/loadedExperiment.js';

/** An experiment as tables name it: with its mix, where its file has several. */
export function experimentName({ name, mix }: Pick<LoadedExperiment, 'name' | 'mix'>): string {
  return mix === undefined ? name : `${name}/${mix}`;
}
