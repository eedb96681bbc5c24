import type { Mistake } from '../mistakes/mistakes.js';

/** What is said of a mix at a place that all mixes share. */
export function mistakeOfMix(mix: string, message: string): string {
  return `mix ${mix}: ${message}`;
}

/** The mistakes, those that several mixes have in common told once; the mixes are named unless it is all of them. */
export function mergeMixMistakes(
  mistakes: readonly Mistake[],
  mixes: readonly string[],
): readonly Mistake[] {
  const prefixes = mixes.map((mix) => [mix, mistakeOfMix(mix, '')] as const);
  const groups = new Map<string, { readonly mistake: Mistake; readonly mixes: string[] }>();
  for (const mistake of mistakes) {
    const found = prefixes.find(([, prefix]) => mistake.message.startsWith(prefix));
    const message = mistake.message.slice(found?.[1].length ?? 0);
    const { file, line, column, severity } = mistake;
    const key = JSON.stringify([file, line, column, severity, message]);
    const group = groups.get(key) ?? { mistake: { ...mistake, message }, mixes: [] };
    if (found !== undefined) group.mixes.push(found[0]);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ mistake, mixes: having }) => {
    if (having.length === 0 || having.length === mixes.length) return mistake;
    const [only] = having;
    const message =
      having.length === 1
        ? mistakeOfMix(only!, mistake.message)
        : `mixes ${having.join(', ')}: ${mistake.message}`;
    return { ...mistake, message };
  });
}
