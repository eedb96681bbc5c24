import { quantileSorted } from '../../sim/statistics/quantileSorted.js';
import type { FrontEndDelay } from '../calibrate/frontEndDelay.js';
import { type EngineTtft, fitFrontEnd, frontEndErrors } from './fitFrontEnd.js';
import type { HeldOut } from './heldOutErrors.js';
import { trtllmDelay } from './siliconPoints.js';
import type { ValidationSet } from './validationSets.js';

/** Whether TTFT under closed loops says what stands before an engine. */
export interface FrontEndCheck {
  /** The fit to all cells of TensorRT-LLM with dense models. */
  readonly all: FrontEndDelay;
  /** One fit without each of them, and what it predicts there. */
  readonly cells: readonly FrontEndTrial[];
  /** Other engines and versions, each on its own: fits without each number of accelerators. */
  readonly others: readonly FrontEndTrial[];
  /** How much later than the engine alone is predicted to first tokens of the first cells come, in two kinds of loops. */
  readonly late: readonly Lateness[];
  /** Errors of `cells`, as those of other fits are kept. */
  readonly held: HeldOut;
}

export interface FrontEndTrial {
  readonly profile: string;
  readonly what: string;
  /** Fitted without the cell; undefined: a different one for each number of accelerators. */
  readonly delay: FrontEndDelay | undefined;
  readonly rows: number;
  readonly medianWithout: number;
  readonly median: number;
  readonly mean: number;
}

/** In iterations. */
export interface Lateness {
  readonly what: string;
  readonly rows: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
}

interface Row extends EngineTtft {
  readonly label: string;
  readonly cell: string;
  readonly accelerators: number;
}

const fitted = [
  'b200-sxm-trtllm llama-3.1-70b, fp4',
  'b200-sxm-trtllm llama-3.1-70b, fp8',
  'h200-sxm-trtllm llama-3.1-70b, fp8',
];
const others = ['h100-sxm-trtllm llama-3.1-8b, bf16', 'h200-sxm-sglang llama-3.1-8b, fp8'];
const none: FrontEndDelay = { delayMs: 0, iterations: 0 };

export function frontEndCheck(sets: readonly ValidationSet[]): FrontEndCheck {
  const cells = fitted.map((name) => ({ name, rows: rowsOf(sets, name, trtllmDelay) }));
  const all = cells.flatMap(({ rows }) => rows);
  const held: Record<string, HeldOut[string]> = {};
  const trials = cells.map(({ name, rows }) => {
    const delay = fitFrontEnd(all.filter((row) => !rows.includes(row)));
    const trial = trialOf(name, rows, delay, frontEndErrors(rows, delay));
    const { median, mean } = trial;
    held[`${trial.profile} | ttft | ${rows[0]!.cell}`] = {
      axis: 'cell',
      count: rows.length,
      mean,
      median,
    };
    return trial;
  });
  return {
    all: fitFrontEnd(all),
    cells: trials,
    others: others.map((name) => {
      const rows = rowsOf(sets, name, none);
      const errors = [...new Set(rows.map(({ accelerators }) => accelerators))].flatMap((count) => {
        const delay = fitFrontEnd(rows.filter(({ accelerators }) => accelerators !== count));
        const unseen = rows.filter(({ accelerators }) => accelerators === count);
        return [...frontEndErrors(unseen, delay)];
      });
      return trialOf(name, rows, undefined, Float64Array.from(errors));
    }),
    late: [
      lateness('1k in, 1k out, fewer than 8 accelerators', all.filter(comesInPackets)),
      lateness(
        'all others',
        all.filter((row) => !comesInPackets(row)),
      ),
    ],
    held,
  };
}

/** TTFT of the engine alone: what is predicted with a delay, less that. */
function rowsOf(sets: readonly ValidationSet[], name: string, delay: FrontEndDelay): Row[] {
  const find = (section: string) =>
    sets.find((set) => set.section === section && `${set.profile} ${set.what}` === name)?.points ??
    [];
  const tpot = find('tpot');
  const ttft = find('ttft');
  return ttft.map(({ point, predictedMs }, index) => {
    const tpotMs = tpot[index]!.predictedMs;
    if (tpot[index]!.point.label !== point.label) throw new Error(`${point.label} has no TPOT`);
    return {
      label: point.label,
      cell: point.cell,
      accelerators: point.accelerators,
      measuredMs: point.measuredMs,
      ttftMs: predictedMs - delay.delayMs - delay.iterations * tpotMs,
      tpotMs,
    };
  });
}

function trialOf(
  name: string,
  rows: readonly Row[],
  delay: FrontEndDelay | undefined,
  errors: Float64Array,
): FrontEndTrial {
  const [profile, ...what] = name.split(' ') as [string, ...string[]];
  return {
    profile,
    what: what.join(' '),
    delay,
    rows: rows.length,
    medianWithout: quantileSorted(frontEndErrors(rows, none).sort(), 0.5),
    median: quantileSorted(errors.slice().sort(), 0.5),
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
  };
}

function comesInPackets({ label, accelerators }: Row): boolean {
  return label.includes(' 1024/1024,') && accelerators < 8;
}

function lateness(what: string, rows: readonly Row[]): Lateness {
  const sorted = Float64Array.from(
    rows,
    ({ measuredMs, ttftMs, tpotMs }) => (measuredMs - ttftMs) / tpotMs,
  ).sort();
  const at = (quantile: number) => quantileSorted(sorted, quantile);
  return { what, rows: rows.length, p10: at(0.1), median: at(0.5), p90: at(0.9) };
}
