/**
 * One cell of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets a leading
 * apostrophe (OWASP ASVS 1.2.10); numbers, negative ones too, stay as they are. NaN is an empty cell.
 */
export function csvCell(value: number | string): string {
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
