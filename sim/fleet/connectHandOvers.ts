import type { EnginePool } from './enginePool.js';
import type { HandOver } from './handOver.js';

/** Connects pools that compute prompts to the one that their requests go on in. */
export function connectHandOvers(
  decode: EnginePool,
  sources: readonly { readonly prefill: EnginePool; readonly handOver: HandOver }[],
): void {
  const of = (sequence: number) => {
    const request = decode.table.request[sequence]!;
    return sources.find(({ handOver }) => handOver.knows(request))!.handOver;
  };
  decode.connect({
    onHeld: () => {},
    onReserved: (sequence, timeMs) => of(sequence).reserved(sequence, timeMs),
    onWithdrawn: (sequence) => of(sequence).withdrawn(sequence),
    onReturned: (sequence, timeMs) => of(sequence).returned(sequence, timeMs),
  });
  for (const { prefill, handOver } of sources)
    prefill.connect({
      onHeld: (sequence, timeMs) => handOver.prefilled(sequence, timeMs),
      onReserved: () => {},
      onWithdrawn: () => {},
      onReturned: () => {},
    });
}
