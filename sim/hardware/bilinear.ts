/**
 * Interpolates a table of values over two ascending axes: linear along each axis between neighbouring
 * points, and along the outermost line beyond the ends, never below 0. An axis of one point is constant.
 */
export function bilinear(
  rowAxis: readonly number[],
  columnAxis: readonly number[],
  values: readonly (readonly number[])[],
): (row: number, column: number) => number {
  const rows = Float64Array.from(rowAxis);
  const columns = Float64Array.from(columnAxis);
  const width = columns.length;
  const table = Float64Array.from(values.flat());
  return (row, column) => {
    const i = segment(rows, row);
    const j = segment(columns, column);
    const down = rows.length === 1 ? 0 : (row - rows[i]!) / (rows[i + 1]! - rows[i]!);
    const right = width === 1 ? 0 : (column - columns[j]!) / (columns[j + 1]! - columns[j]!);
    const along = (line: number) => {
      const left = table[line * width + j]!;
      return right === 0 ? left : left + right * (table[line * width + j + 1]! - left);
    };
    const upper = along(i);
    return Math.max(0, down === 0 ? upper : upper + down * (along(i + 1) - upper));
  };
}

/** Index of the last point whose right neighbour exists and which is not right of x. */
function segment(axis: Float64Array, x: number): number {
  let i = 0;
  while (i < axis.length - 2 && x >= axis[i + 1]!) i++;
  return i;
}
