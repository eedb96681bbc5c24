/**
 * Text that cannot steer a terminal or a CI log: C0 and C1 control characters (line breaks and tabs
 * among them) and the marks that reverse the direction of writing are dropped, and `::`, with which
 * a line may give orders to a CI, is taken apart. For labels that come from files.
 */
export function plainText(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '')
    .replace(/:(?=:)/g, ': ');
}
