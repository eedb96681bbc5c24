/** The body of a worker thread: simulates one replication after another, as the main thread asks. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { buffersOf, type PortableRun, toPortable } from './portableRun.js';

/** What a worker is started with: the worlds that it may be asked to simulate. */
export type WorkerInput = readonly { readonly scenario: Scenario; readonly seed: string }[];

/** One replication of one of these worlds. */
export interface Job {
  /** Index of the world. */
  readonly world: number;
  readonly replication: number;
}

/** What a worker tells the main thread. */
export type WorkerReport =
  | ({
      readonly kind: 'progress';
      readonly simulatedMs: number;
      readonly events: number;
    } & Job)
  | { readonly kind: 'done'; readonly world: number; readonly run: PortableRun }
  | ({ readonly kind: 'bug'; readonly message: string; readonly stack: string } & Job);

/** Progress is told at most this often. */
const progressEveryMs = 100;

const worlds = workerData as WorkerInput;
const main = parentPort;

main?.on('message', (job: Job) => {
  const { world, replication } = job;
  const { scenario, seed } = worlds[world]!;
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
        tell({ kind: 'progress', ...job, simulatedMs, events });
      },
    });
    const run = toPortable(result);
    tell({ kind: 'done', world, run }, buffersOf(run));
  } catch (problem) {
    const { message, stack = '' } = problem instanceof Error ? problem : new Error(String(problem));
    tell({ kind: 'bug', ...job, message, stack });
  }
});
