import { ActiveForks } from './activeForks.js';
import { CacheNodes } from './cacheNodes.js';
import { Extents } from './extents.js';
import type { TokenStreams } from './tokenStreams.js';

/** What all replicas of a run share to describe their prefix caches: storage, and an index from streams to replicas. */
export interface PrefixCacheStore {
  readonly streams: TokenStreams;
  readonly nodes: CacheNodes;
  readonly extents: Extents;
  readonly forks: ActiveForks;
}

export function prefixCacheStore(streams: TokenStreams): PrefixCacheStore {
  const nodes = new CacheNodes(streams);
  return { streams, nodes, extents: new Extents(), forks: new ActiveForks(nodes) };
}
