/**
 * The `source` of a section of a profile whose numbers come from several places: `weights: fit to …; matmul, kv: as bf16`.
 * Numbers that a fit did not touch keep what the section said of them before.
 */
export function sectionSource(
  keys: readonly string[],
  before: string,
  fitted: ReadonlyMap<string, string>,
): string {
  const sources = new Map([...sourcesOf(keys, before), ...fitted]);
  const texts = [...new Set(keys.map((key) => sources.get(key) ?? ''))];
  if (texts.length === 1) return texts[0]!;
  return texts
    .filter((text) => text !== '')
    .map((text) => `${keys.filter((key) => sources.get(key) === text).join(', ')}: ${text}`)
    .join('; ');
}

/** What a source says of each number; one that names none is about all. */
function sourcesOf(keys: readonly string[], source: string): Map<string, string> {
  const names = `(?:${keys.join('|')})`;
  const list = `${names}(?:, ${names})*: `;
  if (!new RegExp(`^${list}`).test(source)) return new Map(keys.map((key) => [key, source]));
  return new Map(
    source.split(new RegExp(`; (?=${list})`)).flatMap((part) => {
      const colon = part.indexOf(': ');
      const text = part.slice(colon + 2);
      return part
        .slice(0, colon)
        .split(', ')
        .map((key) => [key, text] as const);
    }),
  );
}
