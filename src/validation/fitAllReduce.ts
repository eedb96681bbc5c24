// Prints all-reduce tables for profiles: `INFLOW_DATA=<folder> npx tsx src/validation/fitAllReduce.ts l40s`.
import { allReduceTime } from '../../sim/hardware/allReduceTime.js';
import { leastSquares } from '../calibrate/leastSquares.js';
import { allReduceRows } from './allReduceRows.js';
import { dataFolder } from './dataFolder.js';

const kib = 1024;
const messageBytes = [16, 128, 512, 2048, 8192, 32_768, 262_144].map((size) => size * kib);

for (const system of process.argv.slice(2)) {
  const rows = allReduceRows(dataFolder(), system);
  for (const accelerators of new Set(rows.map((row) => row.accelerators))) {
    const own = rows.filter((row) => row.accelerators === accelerators);
    const nearest = (bytes: number) =>
      own.reduce((best, row) =>
        Math.abs(Math.log(row.messageBytes / bytes)) < Math.abs(Math.log(best.messageBytes / bytes))
          ? row
          : best,
      ).timeMs;
    // In logarithms, so that small messages count as much as large ones.
    const start = messageBytes.map((bytes) => Math.log(nearest(bytes)));
    const fit = leastSquares(
      start.map((value, i) => ({ name: String(i), start: value, min: value - 1, max: value + 1 })),
      (values) => {
        const timesMs = values.map(Math.exp);
        const link = { domain: accelerators, bytesPerSec: 1, latencyMs: 0 };
        const table = { accelerators, messageBytes, timesMs };
        const predict = allReduceTime({ ...link, allReduce: [table] }, accelerators);
        return Float64Array.from(own, (row) => Math.log(predict(row.messageBytes) / row.timeMs));
      },
      { wildBeyond: 0.1, maxSteps: 50 },
    );
    const times = fit.values.map((value) => `${Number((1000 * Math.exp(value)).toPrecision(4))}us`);
    console.log(`${system}: { accelerators: ${accelerators}, times: [${times.join(', ')}] }`);
  }
}
