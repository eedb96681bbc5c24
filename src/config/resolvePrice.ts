import type { Loading } from './loading.js';
import type { Price } from './priceSchema.js';
import type { ResolvedHardware } from './resolveHardwareProfile.js';

/** What one accelerator of a pool costs per hour, and where the figure comes from. */
interface ResolvedPrice {
  readonly usdPerHour: number | undefined;
  readonly basis: string;
}

const noPrice: ResolvedPrice = { usdPerHour: undefined, basis: 'no price' };

/** Without a price in the file, the hardware's price on demand; hardware without a market price has none. */
export function resolvePrice(
  pool: string,
  price: Price | undefined,
  { prices }: ResolvedHardware,
  { report }: Loading,
): ResolvedPrice {
  if (price?.kind === 'none') return noPrice;
  if (price?.kind === 'written') return { usdPerHour: price.usdPerHour, basis: 'as written' };
  const basis = price?.basis ?? 'on-demand';
  const usdPerHour = prices[basis];
  if (usdPerHour !== undefined) return { usdPerHour, basis };
  if (price === undefined) return noPrice;
  const known = [...Object.keys(prices), 'none', 'a figure such as 3.2 USD/h'];
  report({
    code: 'E_REF',
    message: `the hardware profile has no price "${basis}"`,
    path: ['fleet', pool, 'price'],
    hint: `Possible: ${known.join(', ')}`,
  });
  return noPrice;
}
