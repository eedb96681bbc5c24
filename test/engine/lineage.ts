import type { WorldStream } from './world.js';

/** A stream and those that it was forked from, each named by who owns the tokens. */
export function lineage(streams: readonly WorldStream[], stream: number): number[] {
  const { parent, forkTokens } = streams[stream]!;
  let ancestor = parent;
  while (ancestor >= 0 && forkTokens <= forkOf(streams, ancestor))
    ancestor = parentOf(streams, ancestor);
  return [stream, ...(ancestor >= 0 ? lineage(streams, ancestor) : [])];
}

function parentOf(streams: readonly WorldStream[], stream: number): number {
  return lineage(streams, stream)[1] ?? -1;
}

function forkOf(streams: readonly WorldStream[], stream: number): number {
  return parentOf(streams, stream) < 0 ? 0 : streams[stream]!.forkTokens;
}
