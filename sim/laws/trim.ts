import type { Law } from './law.js';

/**
 * What a law does to a drawn value: shift, round, clamp, in this order. Undefined when it leaves values
 * as they are. Never decreasing, so quantiles pass through it.
 */
export function trimOf(law: Law): ((value: number) => number) | undefined {
  const {
    plus = 0,
    round,
    atLeast = Number.NEGATIVE_INFINITY,
    atMost = Number.POSITIVE_INFINITY,
  } = law;
  const rounded = round === undefined ? undefined : rounding[round];
  if (plus === 0 && !rounded && law.atLeast === undefined && law.atMost === undefined) {
    return undefined;
  }
  return (value) => {
    const shifted = value + plus;
    const whole = rounded ? rounded(shifted) : shifted;
    // Adding 0 turns the negative zero of rounding into the ordinary one.
    return Math.min(Math.max(whole, atLeast), atMost) + 0;
  };
}

const rounding = { down: Math.floor, nearest: Math.round, up: Math.ceil } as const;
