import type { Document } from 'yaml';

/** A profile as it is written: mappings { a: 1 }, lists [1, 2], as in the shipped files. */
export function profileText(document: Document): string {
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: true })
    .replace(/\[ ([^[\]"]*) \]/g, '[$1]');
}
