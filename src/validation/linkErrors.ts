import type { Accelerator, LinkType, ScaleUpLink } from '../../sim/hardware/accelerator.js';
import { allReduceTime } from '../../sim/hardware/allReduceTime.js';
import { predicted } from '../calibrate/fitAccelerator.js';
import { pointErrors } from '../calibrate/pointErrors.js';
import { openAccelerator } from '../calibrate/profileParts.js';
import { stepPoints } from '../calibrate/stepPoints.js';
import { type AllReduceRow, allReduceRows } from './allReduceRows.js';
import { composedSteps, composedSystems } from './composedSteps.js';

/** How well the collectives of one group are known, and the iterations that contain them. */
export interface LinkError {
  readonly link: LinkType;
  readonly profile: string;
  readonly accelerators: number;
  /** Measured all-reduces, by size of message. */
  readonly messages: number;
  /** Mean absolute relative error of the table in the profile, and of latency and bandwidth without one. */
  readonly tableError: number;
  readonly formulaError: number;
  /** Time of an all-reduce of 8 MiB, as the profile has it. */
  readonly eightMibMs: number;
  /** The same error of iterations of dense models in bf16 on such a group. */
  readonly stepsError: number;
}

/** Every measured group of every chip, links of one type together. */
export function linkErrors(dataFolder: string): LinkError[] {
  const found = Object.entries(composedSystems).flatMap(([system, profile]) =>
    chipErrors(dataFolder, system, profile),
  );
  return found.sort((a, b) => (a.link < b.link ? -1 : a.link > b.link ? 1 : 0));
}

function chipErrors(dataFolder: string, system: string, profile: string): LinkError[] {
  const accelerator: Accelerator = openAccelerator(profile);
  const { scaleUp } = accelerator;
  if (scaleUp?.type === undefined) throw new Error(`${profile} does not say what its link is`);
  const { type } = scaleUp;
  const rows = allReduceRows(dataFolder, system);
  const steps = predicted(
    accelerator,
    stepPoints(composedSteps(dataFolder, system, 'bf16', accelerator)),
  );
  const groups = [...new Set(rows.map(({ accelerators }) => accelerators))];
  return groups.map((accelerators) => {
    const own = rows.filter((row) => row.accelerators === accelerators);
    return {
      link: type,
      profile,
      accelerators,
      messages: own.length,
      tableError: meanError(scaleUp, own),
      formulaError: meanError({ ...scaleUp, allReduce: [] }, own),
      eightMibMs: allReduceTime(scaleUp, accelerators)(2 ** 23),
      stepsError: pointErrors(steps.filter(({ point }) => point.accelerators === accelerators))
        .mean,
    };
  });
}

function meanError(link: ScaleUpLink, rows: readonly AllReduceRow[]): number {
  const errors = rows.map(({ accelerators, messageBytes, timeMs }) =>
    Math.abs(allReduceTime(link, accelerators)(messageBytes) / timeMs - 1),
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
