/** Why a target is missed, and what was tried: by a pattern on profile and what was predicted. First match. */
export const missedReasons: readonly (readonly [RegExp, string])[] = [
  [
    /^steps \S+ dense models/,
    'One matrix rate for all shapes; single GEMMs differ by up to 14% with their shape. Tried: a term for one token (kept); logarithmic growth with rows, free exponent, activation traffic: at most 0.3 points held out, and some lose; a lower rate of long multiplications (clocks under load): 0.0 to 0.2 points in bf16, none of these targets met; waves of 128 x 256 tiles on all multiprocessors, one GEMM after the other: the GEMMs of the A100 held out from 5.2 to 3.6% and of the RTX PRO 6000 from 4.1 to 3.0%, but of Hopper from 4.6 to 5.1% with the wrong sign and of the others within 0.1 points, so it is no law of all chips; a time per token of the mean context in attention: 0.1 to 0.2 points.',
  ],
  [
    /^steps h100-sxm Qwen3-14B/,
    'Reconstruction noise: the median is 1.6%, and fits to three of the four runs miss the fourth by as much as this.',
  ],
  [
    /^tpot h100-sxm-trtllm llama-3.1-8b/,
    'TensorRT-LLM 1.0.0rc3 at TP 4 and 8 with outputs of 128 tokens and many clients seems bound by its own front end: TPOT and TTFT rise by up to two and ten times. In a fit of this cell alone, TP 1 and 2 left out are within 2.7 and 3.5%.',
  ],
  [
    /^tpot h200-sxm-sglang llama-3.1-8b/,
    'SGLang by default runs prompts and decodes in separate batches, which the vLLM scheduler of the simulator does not. With 512 clients on TP 8 TPOT stops falling, which may be its front end.',
  ],
  [
    /^tpot b200-sxm-trtllm llama-3.1-70b/,
    'One host for all: gpt-oss-120b at 2 to 3 ms per token needs one of about 2 ms per iteration, where the dense model alone fits best with 5 ms (2.1% then).',
  ],
  [
    /^(tpot|ttft) h200-sxm llama-3.1-8b/,
    'Not understood, and in no fit. Five of 21 rows need 74 to 100% of the FP8 peak for prompts alone, where kernels measured on the chip reach 62%, so prompts may have been partly cached; the others need less and are missed as well; a host of 2 ms for the 3 ms and 100 µs per row that an earlier profile had takes TPOT from 113 to 95%. A fit with all limits of physics lifted stays 32% off.',
  ],
  [
    /^tpot h100-sxm-trtllm gpt-oss-120b/,
    'Five rows with 160 to 384 clients and an unrecorded limit on the batch.',
  ],
  [
    /^tpot h200-sxm qwen3-235b-a22b/,
    'TPOT of these rows hardly depends on the load (51 to 59 ms on 2 accelerators with 4 to 20 clients, 34 to 38 ms on 4 with 14 to 48, one row 46), as if every iteration read all experts and took some 17 ms besides. MiniMax, whose experts are FP8 too, goes from 8 to 41 ms on this chip and is met: so it is this server, not FP8 expert kernels, and a coefficient of theirs was not added.',
  ],
  [
    /^tpot \S+ (qwen3-235b-a22b|kimi-k2.6|minimax-m2.5)/,
    'Expert kernels are calibrated on gpt-oss-120b alone; other experts have other kernels (FP8 and INT4 grouped GEMM), and the speed of one cannot be told from the other.',
  ],
  [
    /^ttft h100-sxm-trtllm/,
    'With the same clients and prompts TTFT rises threefold from outputs of 128 to 512 tokens, which no queue of a continuous batch explains; its scheduling is not recorded. A delay as that of the InferenceX runs of TensorRT-LLM, fitted here, makes it worse (see below).',
  ],
  [
    /^steps \S+ gpt-oss-120b/,
    'One model, so numbers of accelerators are left out. An even pick of experts reads up to 10% too many at 16 to 64 tokens. Tried: a skew of the router, one number for all chips: with the experts of n^0.9 tokens in place of n these chips are held out at 7.3 to 7.4% and H100 at 6.4, but RTX PRO 6000 at 8.8 (7.7 now), and TPOT of real servers gets worse in six of nine cells (Kimi on H200 from 8 to 12% in the median, MiniMax there from 8 to 15%, better on H100). So the skew is in the benchmark of the kernels; servers read as many experts as an even pick.',
  ],
  [
    /^tpot b200-sxm gpt-oss-120b/,
    'Left out, MiniMax alone decides on the host and wants 7.3 ms per iteration and 64 µs per row (Kimi cannot tell), where iterations of this model take 2 to 3 ms. With the host of the H100 (2 ms, 5 µs) this model is 14.7% off, Kimi as before, and MiniMax 9.6% instead of 9.2 to 9.4% in the mean. Tried: start-up and matrix rate of experts, start-up between kernels, sync free as well (54 to 80% held out).',
  ],
  [
    /^case V1 .*TTFT/,
    'Two causes, told apart by the sweep of the same source: its TTFT p99 with 64 clients, the last of 64 prompts at once, is 17.4 s, 271 ms per prompt; simulated 14.0 s, 219 ms. So prompts through the MXFP4 experts are 1.24 times slower in the server than in composed steps. And a prompt alone takes 58 ms more than 271, of which the front end of the H100 runs explains 13.',
  ],
  [
    /^case V2 .*TTFT/,
    'As V1: prompts are computed too fast, and the line of 64 at the start is too short by as much.',
  ],
  [
    /^case V3 .*25 clients: TTFT/,
    'Clients with equal lengths go in lockstep: simulated, two prompts of 5,000 share batches of 8,192 tokens for ever, and each waits for the other. With lengths from 0.8 to 1 it is 536 ms, with one prompt per batch, as an engine forms that does not cut prompts, 900 ms; what NIM did is not published. The burst is not in the published mean: 50 clients have 835 ms there, where ten requests each with the burst in it would make more than 1.8 s.',
  ],
  [
    /^case V5/,
    'A limit on the batch that is not published decides: with 3,000, 1,024 and 512 sequences at once 3,047, 2,177 and 1,450 are simulated. And no FP8 expert kernel, MLA kernel or FP8 data-parallel serving is in the fit of this profile, whose experts come from gpt-oss-120b.',
  ],
  [
    /^case V6/,
    'All-to-alls over the network are counted in full and in 16 bits; the published engine dispatches in 8 bits, once per node, and overlaps them with another half batch. Without their time one batch makes 6,569 prompt tokens/s and 3,348 output tokens/s. The profile has no FP8 expert or MLA kernel. How the nodes were divided, and the contexts of the decode side, are assumed.',
  ],
  [
    /^ttft h200-sxm-sglang/,
    'No front end is identified. A delay and iterations, fitted without each number of accelerators, gain nothing (see below). Of 129 sums of up to three of a constant, TPOT, clients, accelerators, lengths and rates the best comes to 18% in the median that way, but it was picked by those errors, on one model, and the other SGLang cell is wrong in the other direction.',
  ],
  [
    /^case V8/,
    'Three public speeds of such models differ twofold per layer, in no order of size, width or experts. Tried: time per token plus time per layer over all six models, which puts Kimi 45% and Llama-3.1-70B 90% off.',
  ],
];

export function reasonFor(key: string): string {
  return missedReasons.find(([pattern]) => pattern.test(key))?.[1] ?? 'No reason is known.';
}
