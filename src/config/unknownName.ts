import type { Finding } from '../mistakes/finding.js';
import { suggestion } from './nearestName.js';
import type { DocumentPath } from './readDocument.js';

/** The finding that a name means nothing, with what was probably meant. @param what is named: "pool". */
export function unknownName(
  what: string,
  name: string,
  known: Iterable<string>,
  path: DocumentPath,
): Finding {
  const hint = suggestion(name, known);
  const message = `unknown ${what}`;
  return { code: 'E_REF', message, path, ...(hint === undefined ? {} : { hint }) };
}
