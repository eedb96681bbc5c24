/**
 * The known name that a misspelt one probably means: the nearest by edit distance, else the first that begins
 * with it (`h100` of `h100-sxm`); undefined when there is none.
 */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const lower = written.toLowerCase().slice(0, 128);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(lower.length / 3)) + 1;
  for (const name of names) {
    const candidate = name.toLowerCase();
    const distance = editDistance(lower, candidate);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  if (best !== undefined || lower.length < 2) return best;
  return names.find((name) => name.toLowerCase().startsWith(lower));
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** "Did you mean …?", or the list of what is possible when it is short, or nothing. */
export function suggestion(written: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const nearest = nearestName(written, names);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  if (names.length === 0 || names.length > 30) return undefined;
  return `Possible: ${names.join(', ')}`;
}
