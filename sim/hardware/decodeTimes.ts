import { grown } from '../kernel/grown.js';
import type { TimeGrid } from '../kernel/timeGrid.js';

/** An affine model of decode batches, in unrounded ms. All are functions of the number of rows alone. */
export interface DecodeModel {
  /** Time apart from what grows with the contexts. */
  constantMs(rows: number): number;
  /** Per token of context, over all rows, in layers that see all of it. */
  contextMsPerToken(rows: number): number;
  /** Per token inside the windows, over all rows, in sliding-window layers. */
  windowedMsPerToken(rows: number): number;
}

/**
 * Times of decode batches on the time grid. Contexts of `rows` sequences grow by `rows` tokens per
 * iteration, so it is that step which is rounded to the grid, once; a total of q·rows + r tokens takes q
 * steps and a rounded rest. Hence the time after k more iterations is exactly k steps longer, and the
 * rounding error is below half a quantum per token of the *mean* context.
 */
export class DecodeTimes {
  private readonly model: DecodeModel;
  private readonly grid: TimeGrid;
  /** By number of rows; NaN: not computed yet. */
  private constantMs = new Float64Array(0);
  /** Growth per iteration of the layers that see everything. */
  private stepMs = new Float64Array(0);
  private contextMsPerToken = new Float64Array(0);
  private windowedMsPerToken = new Float64Array(0);

  constructor(model: DecodeModel, grid: TimeGrid) {
    this.model = model;
    this.grid = grid;
  }

  deviceMs(rows: number, contextTokens: number, windowedTokens: number): number {
    if (!(this.constantMs[rows]! >= 0)) this.prepare(rows);
    const steps = Math.floor(contextTokens / rows);
    const rest = contextTokens - steps * rows;
    return (
      this.constantMs[rows]! +
      steps * this.stepMs[rows]! +
      (rest === 0 ? 0 : this.grid.round(rest * this.contextMsPerToken[rows]!)) +
      windowedTokens * this.windowedMsPerToken[rows]!
    );
  }

  growthMs(rows: number, growingRows: number): number {
    if (!(this.constantMs[rows]! >= 0)) this.prepare(rows);
    return this.stepMs[rows]! + growingRows * this.windowedMsPerToken[rows]!;
  }

  private prepare(rows: number): void {
    if (rows >= this.constantMs.length) this.grow(rows + 1);
    const contextMsPerToken = this.model.contextMsPerToken(rows);
    this.stepMs[rows] = this.grid.round(rows * contextMsPerToken);
    this.contextMsPerToken[rows] = contextMsPerToken;
    this.windowedMsPerToken[rows] = this.grid.round(this.model.windowedMsPerToken(rows));
    this.constantMs[rows] = this.grid.round(this.model.constantMs(rows));
  }

  private grow(atLeast: number): void {
    const known = this.constantMs.length;
    const capacity = Math.max(atLeast, 2 * known, 256);
    this.constantMs = grown(this.constantMs, capacity).fill(Number.NaN, known);
    this.stepMs = grown(this.stepMs, capacity);
    this.contextMsPerToken = grown(this.contextMsPerToken, capacity);
    this.windowedMsPerToken = grown(this.windowedMsPerToken, capacity);
  }
}
