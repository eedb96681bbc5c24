import type { EngineOptions } from '../../sim/run/scenario.js';

/** The engine options of a pool in words: what is simulated beside the engine version. */
export function engineFlags(options: EngineOptions): string {
  return [
    options.asyncScheduling ? 'async scheduling' : 'no async scheduling',
    options.wholeSequenceAdmission ? 'whole-sequence admission' : 'first-chunk admission',
    options.prefixCache ? 'prefix cache' : 'no prefix cache',
    `blocks of ${options.blockTokens} tokens`,
    `at most ${options.maxSequences} sequences`,
    `${options.maxBatchTokens} tokens a batch`,
    ...(options.speculation === undefined
      ? []
      : [`speculative decoding with ${options.speculation.draftTokens} drafts`]),
    ...(options.order === undefined ? [] : [`admission by ${options.order}`]),
  ].join(', ');
}
