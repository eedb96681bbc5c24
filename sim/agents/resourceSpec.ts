import type { Law } from '../laws/law.js';

/** A pool of something beside the engines that steps of task graphs queue for. */
export type ResourceSpec = ServersSpec | ModelServersSpec | SandboxesSpec;

interface ResourceBase {
  readonly name: string;
  /** Servers, connections or sandboxes at once. */
  readonly slots: number;
  /** Jobs that may wait; one more is turned away. */
  readonly maxWaiting: number;
  /** How long a job waits for its slot before it gives up. Absent: for ever. */
  readonly patienceMs?: Law;
  /** Of the whole pool; undefined: no price is known. */
  readonly usdPerHour: number | undefined;
}

/** Tool servers, or the connections of a database, index or search service: a job brings its own duration. */
export interface ServersSpec extends ResourceBase {
  readonly kind: 'tools' | 'store';
}

/** Servers of a model that is no LLM: a job takes fixedMs + units · msPerUnit; what is counted is the experiment's to choose. */
export interface ModelServersSpec extends ResourceBase {
  readonly kind: 'model';
  readonly fixedMs: number;
  readonly msPerUnit: number;
}

/** Hosts of sandboxes. */
export interface SandboxesSpec extends ResourceBase {
  readonly kind: 'sandboxes';
  /** Time to bring one up. */
  readonly createMs: Law;
  readonly warmStartMs: number;
  /** Sandboxes kept up in advance. */
  readonly warmTarget: number;
  /** Least time between two creations; 0: no limit. */
  readonly createIntervalMs: number;
}
