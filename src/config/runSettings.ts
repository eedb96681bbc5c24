import { timeGridFor } from '../../sim/kernel/timeGrid.js';
import type { Scenario } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import type { Sections } from './readSections.js';

/** What an experiment says about the run as a whole, defaults filled in. */
export interface RunSettings
  extends Pick<Scenario, 'name' | 'horizonMs' | 'drain' | 'warmup' | 'limits'> {
  readonly seed: string;
  /** Horizon and replications were shortened. */
  readonly isQuick: boolean;
  readonly replications: number;
}

/** Stands in for a horizon that is broken, so that the rest can be checked. */
const anyHorizonMs = 3_600_000;

/**
 * The settings of the run. A quick look has a tenth of the horizon (and of an explicit warm-up), but at least
 * a minute where the file has one, and at most 3 replications.
 */
export function runSettings(run: Sections['run'], isQuick: boolean, loading: Loading): RunSettings {
  const written = run.horizon ?? anyHorizonMs;
  const horizonMs = isQuick ? Math.min(written, Math.max(written / 10, 60_000)) : written;
  if (timeGridFor(written) === undefined)
    loading.report({
      code: 'E_DURATION',
      message: 'longer than the simulated clock can run: 74 days',
      path: ['horizon'],
    });
  const warmup = run.warmup ?? 'auto';
  if (warmup !== 'auto' && run.horizon !== undefined && warmup >= run.horizon)
    loading.report({
      code: 'E_RANGE',
      message: 'warmup is not shorter than horizon: nothing is left to measure',
      path: ['warmup'],
    });
  const replications = run.replications ?? 10;
  const { events, records } = run.limits ?? { events: 1e9, records: 1_000_000 };
  return {
    name: run.name ?? '',
    seed: run.seed ?? '1',
    isQuick,
    replications: isQuick ? Math.min(3, replications) : replications,
    horizonMs,
    drain: run.drain ?? false,
    warmup:
      warmup === 'auto'
        ? { kind: 'auto' }
        : { kind: 'cut', untilMs: (warmup * horizonMs) / written },
    limits: { maxEvents: events, maxRecords: records },
  };
}
