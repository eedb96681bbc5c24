import type { z } from 'zod';
import type { ArrivalProcess } from '../../sim/workload/arrivalProcess.js';
import { weibullCvRange } from '../../sim/workload/weibullShape.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { describeFound, inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { durationMs, positiveDurationMs, ratePerMs, ratePerMsOrNone, ratio } from './quantity.js';

/** Arrivals of an open population, as its file describes them. */
export interface Arrivals {
  readonly process: ArrivalProcess;
  /** Requests that arrive together. */
  readonly batch: number;
}

const batch = countUpTo(10_000).optional().describe('Requests that arrive together (default 1).');
const rate = ratePerMs.describe('Mean arrivals per time: 2/s, 30/min.');
const cv = numberSchema({ name: 'cv', ...weibullCvRange }).describe(
  'Coefficient of variation of the gaps; 1 is Poisson.',
);
const step = fields({ from: durationMs, rate: ratePerMsOrNone });
const poisson = choice('a process', ['poisson']).optional();

const forms = {
  poisson: fields({ process: poisson, rate, batch }),
  constant: fields({ process: choice('a process', ['constant']), rate, batch }),
  gamma: fields({ process: choice('a process', ['gamma']), rate, cv, batch }),
  weibull: fields({ process: choice('a process', ['weibull']), rate, cv, batch }),
  piecewise: fields({
    process: choice('a process', ['piecewise']),
    steps: step.array().min(1).max(10_000).describe('Rates from a time on; the first from 0s.'),
    batch,
  }),
  diurnal: fields({
    process: choice('a process', ['diurnal']),
    rate: rate.describe('Mean over a period.'),
    amplitude: ratio.describe('Peak above the mean, as a share of it.'),
    peak: durationMs.describe('Time of the first peak.'),
    period: positiveDurationMs.optional().describe('Default 24h.'),
    batch,
  }),
};
const processes = Object.keys(forms) as (keyof typeof forms)[];
const processName = choice('an arrival process', processes);

/** `arrivals: { process: gamma, rate: 0.2/s, cv: 2 }`; the process is `poisson` unless named. */
export const arrivalsSchema: z.ZodType<Arrivals> = inputSchema(
  {
    name: 'arrivals',
    about: 'an arrival process such as { rate: 2/s }',
    anyOf: () => Object.values(forms),
  },
  (input, report) => {
    if (!isMapping(input))
      return report({
        code: 'E_TYPE',
        message: `expected an arrival process such as { rate: 2/s }, found ${describeFound(input)}`,
      });
    const process = readPart(processName, input['process'] ?? 'poisson', ['process'], report);
    if (process === undefined) return undefined;
    const found = readPart(forms[process] as z.ZodType, input, [], report) as Found | undefined;
    const kind = found && arrivalProcess(process, found, report);
    return kind && { process: kind, batch: found.batch ?? 1 };
  },
);

/** The keys of all forms, of which each has its own. */
interface Found {
  readonly rate: number;
  readonly cv: number;
  readonly steps: readonly { readonly from: number; readonly rate: number }[];
  readonly amplitude: number;
  readonly peak: number;
  readonly period?: number;
  readonly batch?: number;
}

const dayMs = 86_400_000;

function arrivalProcess(
  kind: keyof typeof forms,
  { rate: ratePerMs, cv, steps, amplitude, peak, period = dayMs }: Found,
  report: Report,
): ArrivalProcess | undefined {
  if (kind === 'poisson' || kind === 'constant') return { kind, ratePerMs };
  if (kind === 'gamma' || kind === 'weibull') return { kind, ratePerMs, cv };
  if (kind === 'diurnal')
    return { kind, meanRatePerMs: ratePerMs, amplitude, peakMs: peak, periodMs: period };
  const wrong = steps.findIndex((each, index) =>
    index === 0 ? each.from !== 0 : each.from <= steps[index - 1]!.from,
  );
  if (wrong === 0)
    return report({
      code: 'E_RANGE',
      message: 'the first step must be from 0s',
      path: ['steps', 0, 'from'],
    });
  if (wrong > 0)
    return report({
      code: 'E_RANGE',
      message: 'steps must be in order of time',
      path: ['steps', wrong, 'from'],
    });
  if (steps.every((each) => each.rate === 0))
    return report({ code: 'E_SUM', message: 'all rates are 0', path: ['steps'], atKey: true });
  return { kind, steps: steps.map((each) => ({ fromMs: each.from, ratePerMs: each.rate })) };
}
