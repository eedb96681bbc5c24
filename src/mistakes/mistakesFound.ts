import type { Mistake } from './mistakes.js';

/** Thrown where mistakes in files of the user leave nothing to go on with; a command shows them. */
export class MistakesFound extends Error {
  override readonly name = 'MistakesFound';
  readonly mistakes: readonly Mistake[];
  /** 4: a file is absent or cannot be read; 2: what it says is wrong. */
  readonly exitCode: 2 | 4;

  constructor(mistakes: readonly Mistake[], exitCode: 2 | 4 = 2) {
    super(mistakes.map(({ file, message }) => `${file}: ${message}`).join('; '));
    this.mistakes = mistakes;
    this.exitCode = exitCode;
  }
}
