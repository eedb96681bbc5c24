import { type ExitCode, exitCodes } from './exitCodes.js';

/** Ctrl-C or a request to end, heard while a command works. */
export interface StopSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** What to exit with because of it; undefined while there was none. */
  readonly exitCode: ExitCode | undefined;
  /** Stops listening. */
  release(): void;
}

/**
 * Listens for SIGINT and SIGTERM, so that finished work is kept; `onStop` is told of the first. A second
 * one ends the process at once.
 */
export function listenForStop(onStop: () => void): StopSignals {
  const controller = new AbortController();
  let exitCode: ExitCode | undefined;
  const hear = (signal: NodeJS.Signals) => {
    const code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    onStop();
    controller.abort();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    release: () => {
      process.off('SIGINT', hear);
      process.off('SIGTERM', hear);
    },
  };
}
