import type { Law, LawKind } from '../../sim/laws/law.js';
import type { Report } from './inputSchema.js';
import type { LawOptions } from './lawForms.js';

/** The trims of a law as read, in base units. */
export interface Trims {
  readonly plus?: number;
  readonly round?: 'down' | 'nearest' | 'up';
  readonly min?: number;
  readonly max?: number;
}

/** The law with its trims. */
export function trimmedLaw(
  kind: LawKind,
  { plus, round, min, max }: Trims,
  options: LawOptions,
): Law {
  const rounding = round ?? (options.whole === true && isContinuous(kind) ? 'nearest' : undefined);
  return {
    ...kind,
    ...(plus === undefined ? {} : { plus }),
    ...(rounding === undefined ? {} : { round: rounding }),
    ...(min === undefined ? {} : { atLeast: min }),
    ...(max === undefined ? {} : { atMost: max }),
  };
}

/** Whether the bounds of a law leave room for it; reports why not. @param written the file's own words. */
export function trimsFit(
  found: Readonly<Record<string, unknown>>,
  written: Readonly<Record<string, unknown>>,
  report: Report,
): boolean {
  const { min, max, plus = 0 } = found as Trims;
  const parameters = (found['lognormal'] ?? found) as Readonly<Record<string, number | undefined>>;
  const words = (
    found['lognormal'] === undefined ? written : written['lognormal']
  ) as typeof written;
  const refuse = (key: string, message: string) => {
    report({ code: 'E_DIST', message, path: [key], atKey: true });
    return false;
  };
  const maxText = `max (${bare(written['max'])})`;
  const minText = `min (${bare(written['min'])})`;
  if (min !== undefined && max !== undefined && min > max)
    return refuse('max', `${maxText} is smaller than ${minText}`);
  const median = parameters['median'] ?? parameters['p50'];
  if (median === undefined) return true;
  const medianText = `median (${bare(words['median'] ?? words['p50'])})`;
  if (max !== undefined && max < median + plus)
    return refuse('max', `${maxText} is smaller than ${medianText}`);
  if (min !== undefined && min > median + plus)
    return refuse('min', `${minText} is larger than ${medianText}`);
  return true;
}

function isContinuous({ kind }: LawKind): boolean {
  return kind !== 'constant' && kind !== 'empirical' && kind !== 'zipf' && kind !== 'mixture';
}

/** "600 tokens" as 600: the key already says what is counted. */
function bare(value: unknown): string {
  return String(value).replace(/ ?tokens?$/, '');
}
