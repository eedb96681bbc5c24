import type { MistakeList } from '../mistakes/mistakes.js';
import type { Report } from './inputSchema.js';
import { suggestion } from './nearestName.js';
import type { SourceDocument } from './readDocument.js';

/** A report that notes findings as mistakes at their places in a document. */
export function reportTo(
  document: Pick<SourceDocument, 'locate'>,
  mistakes: MistakeList,
  severity: 'error' | 'warning' = 'error',
): Report {
  return (finding) => {
    const { path = [], atKey = false, known, code } = finding;
    const last = String(path.at(-1) ?? '');
    const message = path.length === 0 ? finding.message : named(finding.message, code, last);
    const hint = finding.hint ?? (known && suggestion(last, known));
    const { hint: _none, ...rest } = finding;
    const complete = { ...rest, message, ...(hint === undefined ? {} : { hint }) };
    mistakes.add(document.locate(path, atKey), complete, severity);
    return undefined;
  };
}

/** Schemas do not know the key that they are read from. */
function named(message: string, code: string, key: string): string {
  if (code === 'E_REQUIRED' && message === 'missing') return `missing "${key}"`;
  return code === 'E_KEY' && message === 'unknown key' ? `unknown key "${key}"` : message;
}
