import type { PredictedPoint } from './fitAccelerator.js';

const size = 420;
const margin = 48;

/**
 * Predicted against measured times on logarithmic axes, as SVG. The line is where they are equal, the band 10%
 * around it. Points of one cell share a colour.
 */
export function scatterPlot(title: string, points: readonly PredictedPoint[]): string {
  const values = points
    .flatMap(({ point, predictedMs }) => [point.measuredMs, predictedMs])
    .filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.log10(Math.min(...values));
  const high = Math.max(low + 0.1, Math.log10(Math.max(...values)));
  const at = (logarithm: number) =>
    margin + ((logarithm - low) / (high - low)) * (size - margin - 12);
  const x = (ms: number) => at(Math.log10(ms)).toFixed(1);
  const y = (ms: number) => (size - at(Math.log10(ms))).toFixed(1);
  const cells = [...new Set(points.map(({ point }) => point.cell))].sort();
  const colour = (cell: string) =>
    `hsl(${Math.round((360 * cells.indexOf(cell)) / cells.length)} 65% 42%)`;
  const ticks = ticksBetween(low, high);
  const line = (factor: number, style: string) => {
    const [from, to] = [10 ** low, 10 ** high];
    return `<line x1="${x(from)}" y1="${y(from * factor)}" x2="${x(to)}" y2="${y(to * factor)}" ${style}/>`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${size}" height="${size}" fill="white"/>`,
    `<text x="${margin}" y="16">${escaped(title)}</text>`,
    ...ticks.map(
      (ms) =>
        `<text x="${x(ms)}" y="${size - margin + 16}" text-anchor="middle">${ms}</text>` +
        `<text x="${margin - 6}" y="${y(ms)}" text-anchor="end">${ms}</text>`,
    ),
    `<text x="${size / 2}" y="${size - 10}" text-anchor="middle">measured, ms</text>`,
    `<text x="12" y="${size / 2}" transform="rotate(-90 12 ${size / 2})" text-anchor="middle">predicted, ms</text>`,
    line(1, 'stroke="black"'),
    line(1.1, 'stroke="#999" stroke-dasharray="3 3"'),
    line(0.9, 'stroke="#999" stroke-dasharray="3 3"'),
    ...cells.map((cell) => {
      const own = points.filter(
        ({ point, predictedMs }) =>
          point.cell === cell && predictedMs > 0 && Number.isFinite(predictedMs),
      );
      // Points that fall on each other are drawn once.
      const dots = new Set(
        own.map(
          ({ point, predictedMs }) =>
            `M${Math.round(Number(x(point.measuredMs)))} ${Math.round(Number(y(predictedMs)))}h0`,
        ),
      );
      return `<path stroke="${colour(cell)}" stroke-width="3" stroke-linecap="round" stroke-opacity="0.6" d="${[...dots].join('')}"/>`;
    }),
    '</svg>',
    '',
  ].join('\n');
}

/** 1, 10, 100 …, with 2 and 5 where the axis is short. */
function ticksBetween(low: number, high: number): number[] {
  const steps = high - low > 2.5 ? [1] : [1, 2, 5];
  const found: number[] = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const step of steps) {
      const ms = Number((step * 10 ** decade).toPrecision(1));
      if (Math.log10(ms) >= low && Math.log10(ms) <= high) found.push(ms);
    }
  }
  return found;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
