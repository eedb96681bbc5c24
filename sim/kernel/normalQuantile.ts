import { portableLog } from './portableLog.js';

// Wichura, Algorithm AS 241, routine PPND16, Applied Statistics 37 (1988) 477–484. Lowest power first.
const centreTop = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const centreBottom = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const middleTop = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const middleBottom = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
  0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
];
const tailTop = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
  0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const tailBottom = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * The value that a standard normal variable stays below with this probability. Relative error about
 * 1e-15. −Infinity at 0, Infinity at 1.
 */
export function normalQuantile(probability: number): number {
  const fromCentre = probability - 0.5;
  if (Math.abs(fromCentre) <= 0.425) {
    const r = 0.180625 - fromCentre * fromCentre;
    return (fromCentre * polynomial(centreTop, r)) / polynomial(centreBottom, r);
  }
  const tail = fromCentre < 0 ? probability : 1 - probability;
  if (!(tail > 0)) {
    if (tail < 0 || Number.isNaN(tail)) return Number.NaN;
    return fromCentre < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const r = Math.sqrt(-portableLog(tail));
  const size =
    r <= 5
      ? polynomial(middleTop, r - 1.6) / polynomial(middleBottom, r - 1.6)
      : polynomial(tailTop, r - 5) / polynomial(tailBottom, r - 5);
  return fromCentre < 0 ? -size : size;
}

/** Of degree 7. Written out: it is most of the time of a lognormal draw. */
function polynomial(c: readonly number[], x: number): number {
  const upper = ((c[7]! * x + c[6]!) * x + c[5]!) * x + c[4]!;
  return (((upper * x + c[3]!) * x + c[2]!) * x + c[1]!) * x + c[0]!;
}
