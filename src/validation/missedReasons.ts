/** Why a target is missed, and what was tried: by a pattern on profile and what was predicted. First match. */
export const missedReasons: readonly (readonly [RegExp, string])[] = [
  [
    /^steps h100-sxm dense models, bf16/,
    'One matrix rate for all shapes; single GEMMs differ by up to 14% with their shape (tile and wave effects). Tried: a term for one token (kept), logarithmic growth with rows, throttling at long kernels, free exponent, activation traffic: each gains 0.1 to 0.3 points.',
  ],
  [
    /^steps h100-sxm Qwen3-14B/,
    'Reconstruction noise: the median is 1.6%, and fits to three of the four runs miss the fourth by as much as this.',
  ],
  [
    /^runs h100-sxm 4 requests/,
    'Steps with a prompt among decodes are about 3% longer than simulated when more decodes run.',
  ],
  [
    /^tpot h100-sxm-trtllm llama-3.1-8b/,
    'TensorRT-LLM 1.0.0rc3 at TP 4 and 8 with outputs of 128 tokens and many clients is bound by its own front end: TPOT and TTFT rise by up to two and ten times. TP 1 and 2 are within 3 to 4%.',
  ],
  [
    /^tpot h200-sxm-sglang llama-3.1-8b/,
    'SGLang runs prompts and decodes in separate batches, which the vLLM scheduler of the simulator does not. Up to 512 clients on TP 8 are bound by its front end.',
  ],
  [
    /^tpot b200-sxm gpt-oss-120b/,
    'vLLM multiplies MXFP4 experts in FP8 on this chip; the model profile says bf16, as the composed steps do. At low concurrency the error is below 10%.',
  ],
  [
    /^tpot h100-sxm-trtllm gpt-oss-120b/,
    'Five rows with 160 to 384 clients and an unrecorded limit on the batch.',
  ],
  [
    /^tpot \S+ (qwen3-235b-a22b|kimi-k2.6|minimax-m2.5)/,
    'Expert kernels are calibrated on gpt-oss-120b alone; other experts have other kernels (FP8 and INT4 grouped GEMM), and the speed of one cannot be told from the other.',
  ],
  [
    /^ttft \S+-trtllm/,
    'The InferenceX scripts make TensorRT-LLM wait to fill a batch (batch_wait_timeout), which triples TTFT at 1k/1k; rows with 8k outputs, which do not wait, are within 20%.',
  ],
  [/^ttft/, 'Front end of the engine under load, not modelled beyond vLLM.'],
];

export function reasonFor(key: string): string {
  return missedReasons.find(([pattern]) => pattern.test(key))?.[1] ?? 'No reason is known.';
}
