import type { Transform } from '../laws/lawTransform.js';

/** Work of one step on a resource. */
export interface ResourceJob {
  /** It is done. */
  onDone(timeMs: number): void;
  /** It was turned away: the queue is full, or its patience ended in the queue. */
  onRejected(timeMs: number): void;
}

/** Handle of a job, to cancel it or to give back what it holds. */
export interface RunningJob {
  /** The task was cancelled, or what is held is no longer needed: everything comes back now. */
  release(timeMs: number): void;
}

/** Anything beside the engines that steps queue for: tool servers, stores, model servers, sandbox hosts. */
export interface AgentResource {
  /** How long a job waits for its slot, by a uniform draw; absent: for ever. */
  readonly patienceMs?: Transform | undefined;
  /**
   * Starts a job of `amount` (ms of service, or units of input of a model server). A sandbox host calls
   * `onDone` when the sandbox is up, and keeps it until `release`; all others give everything back themselves.
   * @param patienceMs after which it is turned away unless it has its slot (default: never)
   */
  run(
    job: ResourceJob,
    amount: number,
    draw: number,
    timeMs: number,
    patienceMs?: number,
  ): RunningJob;
}
