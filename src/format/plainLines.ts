import { plainText } from './plainText.js';

/** Text of several lines, each of which can steer neither a terminal nor a CI. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}
