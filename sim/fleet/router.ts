import type { LoadTree } from './loadTree.js';

/** What a router may know of a request. Output lengths are not known in advance. */
export interface RoutedRequest {
  /** Token stream of its context. */
  stream: number;
  promptTokens: number;
  /** Uniform draw of this request, in [0, 1), for routers that choose at random. */
  draw: number;
  /** Requests of one session, or of one family of prefixes in a trace, have the same key. */
  affinityKey: number;
}

/** What a router may know of a pool's replicas. */
export interface RouterView {
  readonly replicas: number;
  /** Requests assigned to each replica and not ended. */
  readonly requests: LoadTree;
  /** Their prompt tokens; kept for `least-tokens` only. */
  readonly tokens: LoadTree;
  /**
   * The replica with the most cached blocks of the request's prompt, the least loaded of equals. −1 when
   * no replica holds any, or when it has more than `slack` requests above the least loaded of all.
   */
  bestCached(request: RoutedRequest, timeMs: number, slack: number): number;
}

/** Chooses the replica of a pool for a request. */
export type Router = (request: RoutedRequest, timeMs: number) => number;
