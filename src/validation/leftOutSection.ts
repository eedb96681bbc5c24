import { parameterCounts } from '../../sim/hardware/parameterCounts.js';
import { openAccelerator, openArchitecture, shippedHardware } from '../calibrate/profileParts.js';
import type { LeftOut } from './leaveOneModelOut.js';

/** The part of the page about machines that are no GPU: public speeds, each predicted without its model. */
export function leftOutSection(rows: readonly LeftOut[]): string[] {
  return [
    '## Machines that are no GPU: one model left out',
    '',
    '*As shipped*: with what the profile knows of the model by name. *Without it*: error of the time, when the physics of the profile is scaled',
    'to the other models of its group; other numbers of the profile stay as they are, some of them found with all figures in sight. *Band*:',
    'that of a model which the profile does not know by name; a test keeps it wider than this error, in either direction. In brackets: no',
    'part of a scale.',
    '',
    '| profile | of | model | public figure | unit | public | as shipped | without it | band |',
    '| - | - | - | - | - | - | - | - | - |',
    ...rows.map(({ speed, simulated, withoutIt, band }) => {
      const error = withoutIt === undefined ? 'not possible: 1 figure' : signed(withoutIt);
      const what = speed.isAside === true ? `(${speed.what})` : speed.what;
      const shipped = Number(simulated.toPrecision(4));
      return `| ${speed.profile} | ${speed.group} | ${speed.model} | ${what} | ${speed.metric} | ${speed.published} | ${shipped} | ${error} | ±${Math.round(100 * band)}% |`;
    }),
    ...unseen(rows),
    '',
    'Kimi K2.6, GLM-4.7 and gpt-oss-120b keep ±30% on `wse-3`, as do the three dense models: their times come from their own speeds. No public',
    'number explains why models differ; wafer counts, contexts and speculation of the readings are not published.',
    ...racks(),
  ];
}

/** Estimates without a public figure of their own. */
function unseen(rows: readonly LeftOut[]): string[] {
  return shippedHardware()
    .filter((name) => name !== 'epyc-host' && !rows.some(({ speed }) => speed.profile === name))
    .flatMap((name) => {
      const { calibration } = openAccelerator(name);
      if (calibration.kind !== 'estimate') return [];
      const band = `±${Math.round(100 * calibration.band)}%`;
      return [`| ${name} | – | – | none |  |  |  | not possible: 0 figures | ${band} |`];
    });
}

/** Single-user tokens/s of a rack of 16 SN40L in BF16 (Artificial Analysis via sambanova.ai, 2024-09). */
const rackSpeeds = { 'llama-3.1-70b': 457, 'llama-3.1-405b': 129 };
const rackBytesPerSec = 16 * 1.6e12;

function racks(): string[] {
  const multiples = Object.entries(rackSpeeds).map(([model, speed]) => {
    const bytes = 2 * parameterCounts(openArchitecture(model)).total;
    return ((speed * bytes) / rackBytesPerSec).toFixed(1);
  });
  return [
    `The speeds of its predecessor do not help \`sn50\`: 16 SN40L would have to read the weights of Llama-3.1-70B and 405B at ${multiples.join(' and ')} times`,
    'their bandwidth (1.6 TB/s each, by others) for 457 and 129 tokens/s, so several tokens come out of each pass.',
  ];
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}%`;
}
