import type { Body, Step } from './taskGraph.js';

/** The bodies that stand inside a step; empty for a step that is a single piece of work. */
export function bodiesOf(step: Step): readonly Body[] {
  switch (step.kind) {
    case 'loop':
    case 'parallel':
    case 'agent':
      return [step.body];
    case 'branch':
      return step.arms.map(({ body }) => body);
    default:
      return [];
  }
}
