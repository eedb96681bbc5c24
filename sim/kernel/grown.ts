/** A copy of a typed array with room for `capacity` elements; the new ones are zero. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(
  array: T,
  capacity: number,
): T {
  const copy = new (array.constructor as new (length: number) => T)(capacity);
  copy.set(array);
  return copy;
}
