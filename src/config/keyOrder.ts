const keptOrder = Symbol('order of the keys');

type Mapping = Record<string, unknown>;

/** Objects put keys that are whole numbers before all others: these mappings carry the order of the file. */
export function keepOrder(mapping: Mapping, keys: readonly string[]): void {
  if (keys.some((key) => /^\d+$/.test(key)))
    Object.defineProperty(mapping, keptOrder, { value: keys });
}

/** The keys of a mapping in the order of the file. */
export function keysInOrder(mapping: Readonly<Mapping>): readonly string[] {
  const kept: readonly string[] = (mapping as { [keptOrder]?: readonly string[] })[keptOrder] ?? [];
  return [...new Set([...kept, ...Object.keys(mapping)])];
}
