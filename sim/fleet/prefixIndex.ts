import type { RoutedRequest } from './router.js';

/** What a router knows of the prefixes that the replicas of its pool hold. */
export interface PrefixIndex {
  /** Sets for every replica how many blocks from the start of the prompt it is known to hold. */
  find(request: RoutedRequest, timeMs: number, blocksByReplica: Int32Array): void;
  /** The request goes to this replica. */
  noteRouted(request: RoutedRequest, replica: number): void;
}
