import { type ExitCode, exitCodes } from './exitCodes.js';

/** A problem that the user can fix: printed without a stack trace, with what to do about it. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    details: { readonly hint?: string | undefined; readonly exitCode?: ExitCode } = {},
  ) {
    super(message);
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? exitCodes.usage;
  }
}
