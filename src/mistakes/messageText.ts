import { plainText } from '../format/plainText.js';

/**
 * A message, which may quote what stands in a file, as it can be shown: it steers no terminal, is one line,
 * and loses its middle when it is long. Its end says what was expected.
 */
export function messageText(message: string, maxLength = 400): string {
  const text = plainText(message);
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 150)}…${text.slice(-149)}`;
}
