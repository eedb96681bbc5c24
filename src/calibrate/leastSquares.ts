/** One number to be found: where to start and how far it may go, both bounds included. */
export interface FreeParameter {
  readonly name: string;
  readonly start: number;
  readonly min: number;
  readonly max: number;
}

export interface LeastSquaresOptions {
  /** Residuals beyond this count linearly, not squared, so that a few wild rows cannot bend the fit (Huber). */
  readonly wildBeyond: number;
  readonly maxSteps: number;
}

export interface LeastSquaresFit {
  readonly values: readonly number[];
  /** Huber loss per residual at the start and at the end. */
  readonly startLoss: number;
  readonly loss: number;
  readonly steps: number;
  /** Names of parameters that ended on a bound: the data do not determine them, or the model lacks something. */
  readonly atBound: readonly string[];
}

/**
 * Finds parameters inside their bounds that make residuals small: Levenberg–Marquardt with forward differences
 * and Huber weights. Steps are relative to the range of a parameter, so units do not matter. Deterministic.
 */
export function leastSquares(
  parameters: readonly FreeParameter[],
  residuals: (values: readonly number[]) => Float64Array,
  { wildBeyond, maxSteps }: LeastSquaresOptions,
): LeastSquaresFit {
  const ranges = parameters.map(({ min, max }) => max - min);
  let values = parameters.map(({ start, min, max }) => Math.min(max, Math.max(min, start)));
  let found = residuals(values);
  let loss = huberLoss(found, wildBeyond);
  const startLoss = loss;
  let damping = 1e-2;
  let steps = 0;
  while (steps < maxSteps && damping < 1e8) {
    const columns = derivatives(parameters, values, ranges, found, residuals);
    const before = loss;
    // The same derivatives serve until a damping is found under which the step helps.
    while (damping < 1e8) {
      const step = dampedStep(columns, found, damping, wildBeyond);
      const tried = values.map((value, i) => {
        const { min, max } = parameters[i]!;
        return Math.min(max, Math.max(min, value + step[i]! * ranges[i]!));
      });
      const there = residuals(tried);
      const thereLoss = huberLoss(there, wildBeyond);
      if (thereLoss < loss) {
        values = tried;
        found = there;
        loss = thereLoss;
        damping = Math.max(1e-9, damping / 5);
        break;
      }
      damping *= 4;
    }
    steps++;
    if (before - loss < 1e-7 * before) break;
  }
  const count = Math.max(1, found.length);
  const atBound = parameters
    .filter(({ min, max }, i) => values[i] === min || values[i] === max)
    .map(({ name }) => name);
  return { values, startLoss: startLoss / count, loss: loss / count, steps, atBound };
}

function huberLoss(residuals: Float64Array, wildBeyond: number): number {
  let total = 0;
  for (const residual of residuals) {
    const size = Math.abs(residual);
    total += size <= wildBeyond ? size * size : wildBeyond * (2 * size - wildBeyond);
  }
  return total;
}

/** Change of the residuals per whole range of each parameter. */
function derivatives(
  parameters: readonly FreeParameter[],
  values: readonly number[],
  ranges: readonly number[],
  found: Float64Array,
  residuals: (values: readonly number[]) => Float64Array,
): Float64Array[] {
  return parameters.map(({ max }, i) => {
    const room = 1e-3;
    const share = values[i]! + room * ranges[i]! > max ? -room : room;
    const moved = residuals(
      values.map((value, j) => (i === j ? value + share * ranges[i]! : value)),
    );
    return moved.map((residual, row) => (residual - found[row]!) / share);
  });
}

/** Solves (JᵀWJ + damping·diag) step = −JᵀWr. */
function dampedStep(
  columns: readonly Float64Array[],
  found: Float64Array,
  damping: number,
  wildBeyond: number,
): number[] {
  const weights = found.map((residual) => Math.min(1, wildBeyond / Math.abs(residual)));
  const product = (left: Float64Array, right: Float64Array) => {
    let total = 0;
    for (let row = 0; row < left.length; row++) total += weights[row]! * left[row]! * right[row]!;
    return total;
  };
  const matrix = columns.map((left, i) =>
    columns.map((right, j) => product(left, right) * (i === j ? 1 + damping : 1)),
  );
  matrix.forEach((line, i) => {
    // A parameter without influence stays where it is.
    line[i] = line[i]! + 1e-12;
  });
  return solve(
    matrix,
    columns.map((column) => -product(column, found)),
  );
}

/** Gauss–Jordan elimination with pivoting; the matrix is consumed. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let row = i + 1; row < size; row++) {
      if (Math.abs(matrix[row]![i]!) > Math.abs(matrix[pivot]![i]!)) pivot = row;
    }
    [matrix[i], matrix[pivot]] = [matrix[pivot]!, matrix[i]!];
    [right[i], right[pivot]] = [right[pivot]!, right[i]!];
    for (let row = 0; row < size; row++) {
      if (row === i) continue;
      const factor = matrix[row]![i]! / matrix[i]![i]!;
      if (factor === 0) continue;
      for (let column = i; column < size; column++) {
        matrix[row]![column] = matrix[row]![column]! - factor * matrix[i]![column]!;
      }
      right[row] = right[row]! - factor * right[i]!;
    }
  }
  return right.map((value, i) => value / matrix[i]![i]!);
}
