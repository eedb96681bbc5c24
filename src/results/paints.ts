import picocolors from 'picocolors';
import type { Paint } from './layoutTable.js';

/** The colours that printed results use. Without colours they change nothing. */
export interface Paints {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
}

/** Colours for a terminal, or none for a file, a pipe or `NO_COLOR`. */
export function paints(isColoured: boolean): Paints {
  return picocolors.createColors(isColoured);
}
