import type { FrontEndCheck, FrontEndTrial, Lateness } from './frontEndCheck.js';
import { trtllmDelay } from './siliconPoints.js';

/** The part of the page about what stands before engines. */
export function frontEndSection({ all, cells, others, late }: FrontEndCheck): string[] {
  return [
    '### What stands before the engine',
    '',
    'TTFT with a delay: that of the engine + a time + so many iterations (TPOT, as predicted). For TensorRT-LLM in the InferenceX runs',
    `two numbers for both chips and precisions, ${trtllmDelay.delayMs} ms and ${trtllmDelay.iterations} iterations (the fit to all three cells: ${all.delayMs.toFixed(1)} ms, ${all.iterations.toFixed(2)}), bring what was 23 to 30% to`,
    'less than half, also in the cell that a fit did not see. gpt-oss-120b in the table above has them too and was in no fit. Fitted each on its own to the',
    'other two, with one number of accelerators left out at a time, they say nothing, so those have none. vLLM with dense models on the',
    'same harness needs none: its table entry (h100-sxm, llama-3.1-70b) is of the engine alone.',
    '',
    '| profile | cell | rows | engine alone, median | held out, median | mean | fitted without it |',
    '| - | - | - | - | - | - | - |',
    ...[...cells, ...others].map(trialRow),
    '',
    'What the delay is made of is not known. By how many iterations first tokens come later than the engine is predicted to make them:',
    '',
    '| Llama-3.1-70B, TensorRT-LLM | rows | p10 | median | p90 |',
    '| - | - | - | - | - |',
    ...late.map(lateRow),
    '',
    'The first kind waits for about 20 tokens, whatever the chip, the precision and the number of clients: as if tokens were sent in packets',
    'of 20, an option of that engine (`stream_interval`) that the table does not record. These rows are not treated apart, so they stay',
    '40 to 60% too early: the means above, beside the medians.',
  ];
}

function trialRow({
  profile,
  what,
  rows,
  medianWithout,
  median,
  mean,
  delay,
}: FrontEndTrial): string {
  const found =
    delay === undefined
      ? 'another for each number of accelerators'
      : `${delay.delayMs.toFixed(1)} ms, ${delay.iterations.toFixed(2)} iterations`;
  return `| ${profile} | ${what} | ${rows} | ${percent(medianWithout)} | ${percent(median)} | ${percent(mean)} | ${found} |`;
}

function lateRow({ what, rows, p10, median, p90 }: Lateness): string {
  return `| ${what} | ${rows} | ${p10.toFixed(1)} | ${median.toFixed(1)} | ${p90.toFixed(1)} |`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
