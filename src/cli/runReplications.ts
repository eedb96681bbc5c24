import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { fromPortable } from './portableRun.js';
import type { WorkerInput, WorkerReport } from './replicationWorker.js';
import { SimulationFailed } from './simulationFailed.js';

/** What to simulate, and how often. */
export interface ReplicationPlan {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly replications: number;
  /** Aborted: unfinished replications are given up. */
  readonly stop: AbortSignal;
  onProgress(replication: number, simulatedMs: number, events: number): void;
  onFinished(replication: number, events: number): void;
}

/**
 * Simulates all replications in worker threads, so that progress and signals are heard meanwhile.
 * Returns those that finished, by number; all of them unless it was stopped. The results do not depend on
 * the number of threads.
 */
export async function runReplications(plan: ReplicationPlan): Promise<RunResult[]> {
  const threads = Math.min(plan.replications, availableParallelism());
  const finished = new Map<number, RunResult>();
  const failed = new AbortController();
  const stop = AbortSignal.any([plan.stop, failed.signal]);
  let next = 0;
  const take = () => (next < plan.replications && !stop.aborted ? next++ : undefined);
  const work = async () => {
    try {
      await workInThread({ ...plan, stop }, take, finished);
    } catch (problem) {
      failed.abort();
      throw problem;
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return [...finished].sort(([a], [b]) => a - b).map(([, run]) => run);
}

/** One thread, which takes replications until none is left. */
function workInThread(
  plan: ReplicationPlan,
  take: () => number | undefined,
  finished: Map<number, RunResult>,
): Promise<void> {
  const input: WorkerInput = { scenario: plan.scenario, seed: plan.seed };
  const worker = startWorker(input);
  return new Promise<void>((resolve, reject) => {
    const end = (settle: () => void) => {
      plan.stop.removeEventListener('abort', stop);
      void worker.terminate().then(settle, settle);
    };
    const stop = () => end(resolve);
    const askForNext = () => {
      const replication = take();
      if (replication === undefined) end(resolve);
      else worker.postMessage(replication);
    };
    plan.stop.addEventListener('abort', stop);
    worker.on('error', (problem) => end(() => reject(problem)));
    worker.on('message', (report: WorkerReport) => {
      if (report.kind === 'progress') {
        plan.onProgress(report.replication, report.simulatedMs, report.events);
      } else if (report.kind === 'done') {
        finished.set(report.run.replication, fromPortable(report.run));
        plan.onFinished(report.run.replication, report.run.events);
        askForNext();
      } else end(() => reject(new SimulationFailed(report)));
    });
    askForNext();
  });
}

/** The built program starts a file; the sources, which run as TypeScript, need their loader in the thread too. */
function startWorker(workerData: WorkerInput): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./replicationWorker.js', import.meta.url), { workerData });
  }
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const body = JSON.stringify(new URL('./replicationWorker.ts', import.meta.url).href);
  const start = `import(${loader}).then(({ register }) => { register(); return import(${body}); })`;
  return new Worker(start, { eval: true, workerData });
}
