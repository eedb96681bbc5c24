import type { BatchAgreement, DurationError } from './batchAgreement.js';
import type { EngineCheck } from './engineCheck.js';

/** The part of the page that compares batch by batch. */
export function engineCheckSection({
  figures,
  agreement,
  twice,
  steps,
  unlike,
  sharing,
}: EngineCheck): string[] {
  return [
    '### Batch by batch: the H100 at 2 requests/s',
    '',
    'The real batches are steps reconstructed from token times, put back on the clock with the first tokens of the requests. A prompt',
    'that finds the engine idle is no gap between tokens, so it is missing among the steps; it is put in as a batch.',
    `Of ${steps} steps ${unlike} have other rows than the rules of the simulated engine give once it is known which step holds which prompt`,
    '(whole prompts, every running request decodes in every batch, requests leave with their last token): those rules are not where',
    'the runs differ.',
    '',
    '| | real | simulated | difference |',
    '| - | - | - | - |',
    ...figures.map(
      ({ what, real, simulated }) =>
        `| ${what} | ${Number(real.toPrecision(4))} | ${Number(simulated.toPrecision(4))} | ${signed(simulated / real - 1)} |`,
    ),
    '',
    'Each batch is held against the one that makes the same token of the request that joined last. *Twice* is one simulation against',
    'another with other draws of the front end: nothing that knows only its law can agree better than that.',
    '',
    '| share | real and simulated | twice |',
    '| - | - | - |',
    ...agreementRows(agreement, twice),
    '',
    'Duration of batches with as many decode rows and prompt tokens, simulated against real:',
    '',
    '| | batches | mean error | p50 | p90 | bias |',
    '| - | - | - | - | - | - |',
    ...agreement.durations.map(durationRow),
    '',
    'Prompts computed together with the one sent just before them (first tokens within 1 ms), by the time between the two sendings:',
    '',
    '| run | apart, ms | prompts | real | simulated |',
    '| - | - | - | - | - |',
    ...sharing.map(
      ({ run, fromMs, toMs, prompts, real, simulated }) =>
        `| ${run} | ${fromMs} to ${toMs} | ${prompts} | ${real} | ${simulated} |`,
    ),
    '',
    'Where they differ, and why:',
    '',
    `- Prompts that are not in the same batch were moved by ${agreement.movedByClockMs.toFixed(1)} ms of arrival (mean absolute; ${twice.movedByClockMs.toFixed(1)} where only the draws differ) and by`,
    `  ${agreement.movedBySpeedMs.toFixed(1)} ms of batches that last longer or shorter (${twice.movedBySpeedMs.toFixed(1)}). A batch of decodes lasts 11 to 12 ms, so both together are one or two batches.`,
    '- Rows differ in the few batches between the two places where a prompt joins or its request ends; nothing else makes them differ.',
    '- Durations: from about 6.5 minutes on the server is 2% faster with the same batches (see the thirds); no composition says why, so',
    '  it is presumably the clock of the chip. The rest is the noise of reconstruction: a token that a client sees late lengthens one step and shortens the next.',
    '- More batches with a prompt (an earlier version of this page: +6.5%) was a mistake of the page: it counted prompts instead of batches that',
    '  hold some, and left out those that found the engine idle, which steps between tokens cannot show.',
    '- Prompts that share a batch: all 17 that were sent within 2 ms of the one before. The front end that stood here first served one request',
    '  in 6 ms, and only 8 of the 17 came to share one; now 2 ms are served one after the other, and the rest delays without a queue.',
    '- A prompt that finds the engine idle has its first token later than simulated, others do not (medians above). Host work that a',
    '  running batch would hide is in the open there; the simulated engine has no term for it. It concerns one prompt in twenty here.',
  ];
}

function agreementRows(agreement: BatchAgreement, twice: BatchAgreement): string[] {
  const row = (what: string, of: (found: BatchAgreement) => number) =>
    `| ${what} | ${percent(of(agreement))} | ${percent(of(twice))} |`;
  return [
    row('batches with as many decode rows', ({ equalRows }) => equalRows),
    row('… one row apart', ({ oneRowApart }) => oneRowApart),
    row('… further apart', ({ equalRows, oneRowApart }) => 1 - equalRows - oneRowApart),
    row('batches with as many prompt tokens', ({ equalPromptTokens }) => equalPromptTokens),
    row('batches with both', ({ equalBoth }) => equalBoth),
    row('time with as many decode rows, by the clock', ({ equalTime }) => equalTime),
    ...agreement.prompts.map(({ what }, index) =>
      row(`prompts ${what}`, ({ prompts }) => prompts[index]!.share),
    ),
  ];
}

function durationRow({ what, count, mean, median, p90, bias }: DurationError): string {
  return `| ${what} | ${count} | ${percent(mean)} | ${percent(median)} | ${percent(p90)} | ${signed(bias)} |`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${percent(share)}`;
}
