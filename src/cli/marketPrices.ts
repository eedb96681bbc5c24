import { join } from 'node:path';
import { isMapping } from '../config/inputSchema.js';
import { libraryNames, packageRoot } from '../config/library.js';
import { readDocument } from '../config/readDocument.js';

/** Bases on which hardware is sold by the hour; what owning costs is a calculation. */
const marketBases = ['on-demand', 'reserved'];

/**
 * What the price of a hardware profile of the library rests on, where nobody sells it by the hour: the source
 * that the profile names. Undefined where it has a market price, or is no part of the library.
 */
export function priceAssumption(hardware: string, basis: string): string | undefined {
  if (!libraryNames('hardware-profiles').includes(hardware)) return undefined;
  const shown = `hardware-profiles/${hardware}.yaml`;
  const read = readDocument(join(packageRoot(), shown), shown);
  if (!read.ok || !isMapping(read.document.tree)) return undefined;
  const { prices } = read.document.tree;
  if (!isMapping(prices) || marketBases.some((each) => each in prices)) return undefined;
  const price = prices[basis];
  if (isMapping(price) && typeof price['source'] === 'string') return price['source'];
  return basis === 'as written' ? 'an assumption of this experiment' : 'not even an estimate';
}
