import type { TransferNetwork } from './transferNetwork.js';

/** The replicas of a pool on the network: numbers of their links, by replica, one for each way. */
export interface PoolLinks {
  readonly out: readonly number[];
  readonly in: readonly number[];
  /** Of each link. */
  readonly bytesPerMs: number;
}

/** Adds links out of and into every replica of a pool. */
export function poolLinks(
  network: TransferNetwork,
  pool: string,
  replicas: number,
  bytesPerMs: number,
): PoolLinks {
  const links = (way: string) =>
    Array.from({ length: replicas }, (_, index) =>
      network.addLink(`${way} ${pool} ${index}`, bytesPerMs),
    );
  return { out: links('out of'), in: links('into'), bytesPerMs };
}
