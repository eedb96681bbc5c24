import type { z } from 'zod';
import { describeFound, inputSchema, type Report } from './inputSchema.js';

/** A unit: value = number · 10^power · times / over, where the power of ten is applied without rounding. */
export interface Unit {
  readonly power: number;
  readonly times?: number;
  readonly over?: number;
}

/** A kind of quantity that files write as text with a unit. */
export interface QuantityKind {
  /** With its article: "a duration". */
  readonly name: string;
  readonly examples: readonly [string, ...string[]];
  readonly units: Readonly<Record<string, Unit>>;
  /** Units that are refused because they can be read in two ways, with these two. */
  readonly ambiguous?: Readonly<Record<string, readonly [string, string]>>;
  /** Whether a bare number is understood (as the unit ''). */
  readonly bare?: boolean;
  readonly whole?: boolean;
  readonly min: number;
  /** The minimum itself is refused. */
  readonly aboveMin?: boolean;
  readonly max: number;
  /** How the bounds are named in a message. */
  readonly bounds: { readonly min: string; readonly max: string };
  /** Code for values out of bounds. */
  readonly rangeCode: string;
}

/** A zod schema that turns text with a unit into a number in the base unit of its kind. */
export function quantity(id: string, kind: QuantityKind): z.ZodType<number> {
  const text = { type: 'string', examples: kind.examples };
  const json = kind.bare ? { anyOf: [{ type: 'number' }, text] } : text;
  const about = aboutKind(kind);
  return inputSchema({ name: id, about, json }, (input, report) => {
    if (typeof input === 'number') return readBare(kind, input, report);
    if (typeof input === 'string') return readText(kind, input, report);
    return report({
      code: 'E_TYPE',
      message: `expected ${about}, found ${describeFound(input)}`,
    });
  });
}

function aboutKind({ name, examples }: QuantityKind): string {
  return `${name} such as ${examples.slice(0, 2).join(' or ')}`;
}

function readBare(kind: QuantityKind, value: number, report: Report): number | undefined {
  const isBelow = value < kind.min || Object.is(value, -0);
  if (kind.bare === true || isBelow || !Number.isFinite(value))
    return inBounds(kind, value, value, report);
  return report(missingUnit(kind, String(value)));
}

function missingUnit(kind: QuantityKind, number: string) {
  const readings = kind.units['ms']
    ? [`${number}ms`, `${number}s`]
    : kind.examples.map((example) => example.replace(numberForm, number));
  return {
    code: 'E_UNIT',
    message: `${kind.name} needs its unit`,
    hint: `Write ${readings.join(' or ')}`,
  };
}

const numberForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?/;

function readText(kind: QuantityKind, input: string, report: Report): number | undefined {
  const text = input.trim();
  const about = aboutKind(kind);
  const number = numberForm.exec(text)?.[0];
  if (number === undefined)
    return report({ code: 'E_UNIT', message: `expected ${about}, found ${describeFound(input)}` });
  const unitText = text.slice(number.length).trim().replace(/\s+/g, ' ');
  const unit = ownEntry(kind.units, unitText);
  if (/^:[0-5]\d$/.test(unitText))
    return report({
      code: 'E_UNIT',
      message: `${text} can be hours and minutes or minutes and seconds`,
      hint: 'Write one number with its unit, such as 90min or 90s',
    });
  if (unit !== undefined) return inBounds(kind, baseValue(number, unit), text, report);
  if (unitText === '') return report(missingUnit(kind, number));
  const readings = ownEntry(kind.ambiguous ?? {}, unitText);
  if (readings !== undefined) {
    const [one, other] = readings.map((reading) => number + spaced(reading));
    return report({
      code: 'E_UNIT',
      message: `"${unitText}" can be read in two ways`,
      hint: `Write ${one} or ${other}`,
    });
  }
  const known = Object.keys(kind.units).filter((name) => name !== '');
  return report({
    code: 'E_UNIT',
    message: `"${unitText}" is not a unit of ${kind.name}`,
    hint: `Units: ${known.join(', ')}`,
  });
}

/** Undefined also for the names that every object has, such as `constructor`. */
function ownEntry<Value>(entries: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

function spaced(unit: string): string {
  return unit.includes(' ') || /^[A-Z]/.test(unit) ? ` ${unit}` : unit;
}

/** The power of ten goes into the text of the number, so that "1.1 s" is exactly 1100 and "3/min" exactly 0.00005. */
function baseValue(number: string, unit: Unit): number {
  const { power, times = 1, over = 1 } = unit;
  if (power < 0 && over > 1) return Number(number) / (over * 10 ** -power);
  const [mantissa = '', exponent = '0'] = number.split(/[eE]/);
  return (Number(`${mantissa}e${Number(exponent) + power}`) * times) / over;
}

function inBounds(
  kind: QuantityKind,
  value: number,
  written: string | number,
  report: Report,
): number | undefined {
  const { name, min, max, bounds } = kind;
  if (Number.isNaN(value) || (typeof written === 'number' && !Number.isFinite(value)))
    return report({ code: 'E_NUMBER', message: `${name} must be a finite number` });
  const outside = (bound: string) => {
    const found = Object.is(written, -0) ? '-0' : written;
    const message = `${name} must be ${bound}, found ${found}`;
    return report({ code: kind.rangeCode, message });
  };
  const isNegative = value < min || Object.is(value, -0);
  if (isNegative || (kind.aboveMin === true && value === min)) return outside(bounds.min);
  if (value > max) return outside(bounds.max);
  if (kind.whole === true && !Number.isInteger(value))
    return report({ code: 'E_NUMBER', message: `${name} must be whole, found ${written}` });
  return value;
}
