import { createHash } from 'node:crypto';

/**
 * SHA-256 over a resolved configuration, in hex. The order of keys does not count, nor do keys whose value
 * is undefined; typed arrays (traces) count by their bytes.
 */
export function configHash(config: unknown): string {
  return createHash('sha256').update(canonical(config)).digest('hex');
}

/** Text that is equal for equal data. Like JSON, with sorted keys and with every number. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
  return `{${entries.join(',')}}`;
}

/** Numbers are stored with the low byte first on every machine that Node runs on today. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return `bytes:${createHash('sha256').update(bytes).digest('hex')}`;
}
