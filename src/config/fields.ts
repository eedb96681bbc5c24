import { z } from 'zod';

/**
 * A mapping with exactly these keys. Like zod's `strictObject`, but an unknown key is reported at its own
 * place together with the keys that were possible, so that the nearest one can be suggested.
 */
export function fields<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strip> {
  const known = Object.keys(shape);
  const unknownKey = z.unknown().transform((input, context) => {
    const params = { code: 'E_KEY', atKey: true, known };
    context.issues.push({ code: 'custom', message: 'unknown key', input, params });
    return z.NEVER;
  });
  // The catch-all never lets a key through, so the result has the keys of the shape and no others.
  return z.object(shape).catchall(unknownKey) as unknown as z.ZodObject<Shape, z.core.$strip>;
}
