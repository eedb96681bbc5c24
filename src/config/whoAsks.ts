import type { Need } from './stepPart.js';

/** Where a step stands that names something, when it is not the place that is shown. */
export function whoAsks({ askedAt }: Need): string {
  return askedAt === undefined ? '' : `, which ${askedAt} asks for`;
}
