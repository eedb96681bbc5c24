/** The body of a worker thread: simulates one replication after another, as the main thread asks. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { buffersOf, type PortableRun, toPortable } from './portableRun.js';

/** What a worker is started with. */
export interface WorkerInput {
  readonly scenario: Scenario;
  readonly seed: string;
}

/** What a worker tells the main thread. */
export type WorkerReport =
  | {
      readonly kind: 'progress';
      readonly replication: number;
      readonly simulatedMs: number;
      readonly events: number;
    }
  | { readonly kind: 'done'; readonly run: PortableRun }
  | {
      readonly kind: 'bug';
      readonly replication: number;
      readonly message: string;
      readonly stack: string;
    };

/** Progress is told at most this often. */
const progressEveryMs = 100;

const { scenario, seed } = workerData as WorkerInput;
const main = parentPort;

main?.on('message', (replication: number) => {
  const tell = (report: WorkerReport, moved: ArrayBuffer[] = []) => main.postMessage(report, moved);
  let toldAtMs = 0;
  try {
    const result = simulate(scenario, {
      seed,
      replication,
      onProgress: (simulatedMs, events) => {
        const nowMs = performance.now();
        if (nowMs - toldAtMs < progressEveryMs) return;
        toldAtMs = nowMs;
        tell({ kind: 'progress', replication, simulatedMs, events });
      },
    });
    const run = toPortable(result);
    tell({ kind: 'done', run }, buffersOf(run));
  } catch (problem) {
    const { message, stack = '' } = problem instanceof Error ? problem : new Error(String(problem));
    tell({ kind: 'bug', replication, message, stack });
  }
});
