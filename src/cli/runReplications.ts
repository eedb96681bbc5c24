import { availableParallelism } from 'node:os';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { inlineForLongRun } from './inlineForLongRun.js';
import { fromPortable } from './portableRun.js';
import type { Job, WorkerInput, WorkerReport } from './replicationWorker.js';
import { SimulationFailed } from './simulationFailed.js';

/** What to simulate, and how often. */
export interface ReplicationPlan {
  readonly worlds: readonly World[];
  /** Worker threads; undefined: as many as the machine has processors. Changes no result. */
  readonly workers?: number | undefined;
  /** Memory of each thread for its objects; undefined: as much as Node gives. */
  readonly heapMb?: number;
  /** Aborted: unfinished replications are given up. */
  readonly stop: AbortSignal;
  /** A thread ran out of memory: unfinished replications are given up as well. */
  onOutOfMemory(): void;
  onProgress(job: Job, simulatedMs: number, events: number): void;
  onFinished(job: Job, events: number): void;
}

/** A world to be simulated several times. */
export interface World {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly replications: number;
}

/**
 * Simulates all replications of all worlds in worker threads, so that progress and signals are heard
 * meanwhile. Returns, for each world, those that finished, by number; all of them unless it was stopped
 * or memory ran out. The
 * first replication of every world comes before the second of any: what is stopped can still be compared.
 */
export async function runReplications(plan: ReplicationPlan): Promise<RunResult[][]> {
  for (const { scenario } of plan.worlds) inlineForLongRun(scenario);
  const jobs = jobsOf(plan.worlds);
  const threads = Math.min(jobs.length, plan.workers ?? availableParallelism());
  const finished = plan.worlds.map(() => new Map<number, RunResult>());
  const failed = new AbortController();
  const stop = AbortSignal.any([plan.stop, failed.signal]);
  let next = 0;
  const take = () => (stop.aborted ? undefined : jobs[next++]);
  const work = async () => {
    try {
      await workInThread({ ...plan, stop }, take, finished);
    } catch (problem) {
      failed.abort();
      if (!isOutOfMemory(problem as NodeJS.ErrnoException)) throw problem;
      plan.onOutOfMemory();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return finished.map((runs) => [...runs].sort(([a], [b]) => a - b).map(([, run]) => run));
}

/** Of a thread for its objects, or of the machine for the columns of a table. */
function isOutOfMemory({ code, message }: NodeJS.ErrnoException): boolean {
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || message === 'Array buffer allocation failed';
}

function jobsOf(worlds: readonly World[]): Job[] {
  const most = Math.max(0, ...worlds.map(({ replications }) => replications));
  return Array.from({ length: most }, (_, replication) =>
    worlds.flatMap(({ replications }, world) =>
      replication < replications ? [{ world, replication }] : [],
    ),
  ).flat();
}

/** One thread, which takes jobs until none is left. */
function workInThread(
  plan: ReplicationPlan,
  take: () => Job | undefined,
  finished: readonly Map<number, RunResult>[],
): Promise<void> {
  const worker = startWorker({
    workerData: plan.worlds.map(({ scenario, seed }) => ({ scenario, seed })),
    ...(plan.heapMb && { resourceLimits: { maxOldGenerationSizeMb: plan.heapMb } }),
  });
  return new Promise<void>((resolve, reject) => {
    const end = (settle: () => void) => {
      plan.stop.removeEventListener('abort', stop);
      void worker.terminate().then(settle, settle);
    };
    const stop = () => end(resolve);
    const askForNext = () => {
      const job = take();
      if (job === undefined) end(resolve);
      else worker.postMessage(job);
    };
    plan.stop.addEventListener('abort', stop);
    worker.on('error', (problem) => end(() => reject(problem)));
    worker.on('message', (report: WorkerReport) => {
      if (report.kind === 'progress') {
        plan.onProgress(report, report.simulatedMs, report.events);
      } else if (report.kind === 'done') {
        const { world, run } = report;
        finished[world]!.set(run.replication, fromPortable(run));
        plan.onFinished({ world, replication: run.replication }, run.events);
        askForNext();
      } else end(() => reject(new SimulationFailed(report)));
    });
    askForNext();
  });
}

/** The built program starts a file; the sources, which run as TypeScript, need their loader in the thread too. */
function startWorker(options: WorkerOptions & { readonly workerData: WorkerInput }): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./replicationWorker.js', import.meta.url), options);
  }
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const body = JSON.stringify(new URL('./replicationWorker.ts', import.meta.url).href);
  const start = `import(${loader}).then(({ register }) => { register(); return import(${body}); })`;
  return new Worker(start, { ...options, eval: true });
}
