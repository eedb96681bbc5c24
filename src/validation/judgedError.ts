import type { HeldOut } from './heldOutErrors.js';
import { errorOf, type ValidationSet } from './validationSets.js';

/** The error that a target is judged by, and whether the fit had seen what it is about. */
export interface JudgedError {
  readonly share: number;
  /** What was held out; undefined: nothing, so the error is that of the fit, or the set was in no fit. */
  readonly heldOutBy: string | undefined;
}

/** A set is judged by the error on held-out points wherever all of its cells were held out once, else by its own. */
export function judgedError(set: ValidationSet, held: HeldOut): JudgedError {
  const { points, profile, target, role } = set;
  const metric = points[0]?.point.metric ?? 'step';
  const cells = [...new Set(points.map(({ point }) => point.cell))];
  const found = cells.map((cell) => held[`${profile} | ${metric} | ${cell}`]);
  if (role !== 'fitted' || found.length === 0 || found.includes(undefined))
    return { share: errorOf(set), heldOutBy: undefined };
  let count = 0;
  let total = 0;
  const axes = new Set<string>();
  for (const cell of found) {
    if (cell === undefined) continue;
    count += cell.count;
    total += cell.count * cell[target?.of ?? 'mean'];
    axes.add(cell.axis);
  }
  return { share: total / count, heldOutBy: [...axes].sort().join(', ') };
}
