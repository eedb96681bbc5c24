/** A server without accelerators: what gateways, tools and sandboxes run on. */
export interface Host {
  readonly name: string;
  /** Physical cores, over all sockets. */
  readonly cores: number;
  /** Nothing is computed from this and the power yet. */
  readonly memoryBytes: number;
  readonly power: { readonly idleWatts: number; readonly busyWatts: number };
}
