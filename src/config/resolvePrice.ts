import type { Loading } from './loading.js';
import type { Price, PriceBasis } from './priceSchema.js';
import type { DocumentPath } from './readDocument.js';
import type { ResolvedHardware } from './resolveHardwareProfile.js';

/** What one accelerator, host or server of a pool costs per hour, and where the figure comes from. */
export interface ResolvedPrice {
  readonly usdPerHour: number | undefined;
  readonly basis: string;
  /** Why a figure of the file is what it is. */
  readonly assumption: string | undefined;
  /** How long the hardware is rented for at that price, where its profile says it. */
  readonly term?: string | undefined;
}

const noPrice: ResolvedPrice = { usdPerHour: undefined, basis: 'no price', assumption: undefined };

/**
 * Without a price in the file, that of the hardware on the usual basis, if it has one.
 *
 * @param hardware undefined: the pool does not say what it runs on, so only a figure is a price
 */
export function resolvePrice(
  path: DocumentPath,
  price: Price | undefined,
  hardware: Pick<ResolvedHardware, 'prices' | 'priceTerms'> | undefined,
  usualBasis: PriceBasis,
  { report }: Loading,
): ResolvedPrice {
  if (price?.kind === 'none') return noPrice;
  if (price?.kind === 'written') {
    const { usdPerHour, basis = 'as written', assumption } = price;
    return { usdPerHour, basis, assumption };
  }
  const basis = price?.basis ?? usualBasis;
  const usdPerHour = hardware?.prices[basis];
  if (usdPerHour !== undefined)
    return { usdPerHour, basis, assumption: undefined, term: hardware?.priceTerms[basis] };
  if (price === undefined) return noPrice;
  const figure = 'a figure such as 3.2 USD/h';
  const known = [...Object.keys(hardware?.prices ?? {}), 'none', figure];
  report({
    code: 'E_REF',
    message:
      hardware === undefined
        ? `"${basis}" is a price of hardware, and this pool names none`
        : `the hardware profile has no price "${basis}"`,
    path,
    hint: `Possible: ${known.join(', ')}`,
  });
  return noPrice;
}
