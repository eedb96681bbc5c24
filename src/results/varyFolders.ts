import { createHash } from 'node:crypto';

const maxLength = 120;

/**
 * The name of a folder for each value of a key, each another one: characters that no file name may hold
 * become `_`, and long names are cut. Names that would then be equal, also to a file system that does not know
 * capitals, or that were cut, end in a hash of the value.
 */
export function varyFolders(path: string, values: readonly string[]): readonly string[] {
  const plain = values.map((value) => `${path}=${value}`.replace(/[^\w.%=-]+/g, '_'));
  const times = new Map<string, number>();
  for (const name of plain) times.set(name.toLowerCase(), (times.get(name.toLowerCase()) ?? 0) + 1);
  return plain.map((name, index) => {
    if (name.length <= maxLength && times.get(name.toLowerCase()) === 1) return name;
    const hash = createHash('sha256').update(values[index]!).digest('hex').slice(0, 12);
    return `${name.slice(0, maxLength)}-${hash}`;
  });
}
