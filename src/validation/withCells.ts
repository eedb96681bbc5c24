import { parseDocument } from 'yaml';
import type { MeasuredCell } from '../../sim/hardware/accelerator.js';
import { profileText } from '../calibrate/profileText.js';

/** The text of a profile whose calibration says how far it is off cell by cell. */
export function withCells(text: string, cells: readonly MeasuredCell[]): string {
  const document = parseDocument(text);
  const written = cells.map(({ model, weights, error, heldOut, ttft }) => ({
    model,
    weights,
    error: percentText(error),
    ...(heldOut === undefined ? {} : { heldOut: percentText(heldOut) }),
    ...(ttft === undefined ? {} : { ttft: percentText(ttft) }),
  }));
  const node = document.createNode(written);
  for (const item of node.items) (item as { flow?: boolean }).flow = true;
  document.setIn(['cost', 'calibration', 'cells'], node);
  return profileText(document);
}

function percentText(share: number): string {
  return `${Number((100 * share).toFixed(1))}%`;
}
