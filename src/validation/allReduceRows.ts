import { join } from 'node:path';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import { openArchitecture } from '../calibrate/profileParts.js';
import { readTable } from '../calibrate/readTable.js';

/** One all-reduce as it stands inside composed iterations of a chip. */
export interface AllReduceRow {
  readonly accelerators: number;
  readonly messageBytes: number;
  readonly timeMs: number;
}

/** All-reduces of one chip, one row per group and message: two per layer make up the communication of an iteration. */
export function allReduceRows(dataFolder: string, system: string): AllReduceRow[] {
  const found = new Map<string, AllReduceRow>();
  const models = new Map<string, ModelArchitecture>();
  for (const row of readTable(join(dataFolder, 'steps/aic_composed_dense_moe.csv.gz'))) {
    if (row['system'] !== system || row['tp'] === '1') continue;
    const name = row['model']!.toLowerCase();
    const model = models.get(name) ?? openArchitecture(name);
    models.set(name, model);
    const { layers, hiddenSize } = model;
    const accelerators = Number(row['tp']);
    const messageBytes = 2 * hiddenSize * Number(row['tokens']);
    const timeMs = Number(row['comm_ms']) / (2 * layers);
    found.set(`${accelerators} ${messageBytes}`, { accelerators, messageBytes, timeMs });
  }
  return [...found.values()].sort(
    (a, b) => a.accelerators - b.accelerators || a.messageBytes - b.messageBytes,
  );
}
