import { numberSchema } from './numberSchema.js';
import { durationMs } from './quantity.js';

/** How urgent calls are: keys of a population and of an `infer` step. */
export const urgencyFields = {
  priority: numberSchema({ name: 'a priority', min: 0, max: 1e6, whole: true })
    .optional()
    .describe(
      'Class of the calls, 0 the most urgent (default 0). For engines with order: priority.',
    ),
  deadline: durationMs
    .optional()
    .describe(
      'Target of each call, from its arrival at the router (default none). For engines with order: deadline.',
    ),
};

/** Those that are set, as the scenario names them. */
export function urgencyOf({
  priority,
  deadline,
}: {
  readonly priority?: number | undefined;
  readonly deadline?: number | undefined;
}): { readonly priority?: number; readonly deadlineMs?: number } {
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
  };
}
