import fc from 'fast-check';

/** The same tree with the keys of every mapping in another order. */
export function shuffled(tree: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(tree)) return fc.tuple(...tree.map(shuffled));
  if (typeof tree !== 'object' || tree === null) return fc.constant(tree);
  const keys = Object.keys(tree);
  const values = fc.record(
    Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, shuffled(value)])),
  );
  return fc
    .tuple(fc.shuffledSubarray(keys, { minLength: keys.length }), values)
    .map(([order, record]) =>
      Object.fromEntries(order.map((key) => [key, (record as Record<string, unknown>)[key]])),
    );
}
