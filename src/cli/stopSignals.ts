import { type ExitCode, exitCodes } from './exitCodes.js';
import type { Terminal } from './terminal.js';

/** Ctrl-C, a request to end, or memory that ran out: heard while a command works. */
export interface StopSignals {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal;
  /** What to exit with because of it; undefined while there was none. */
  readonly exitCode: ExitCode | undefined;
  /** To be called when a thread has run out of memory: what is left to do could not be judged. */
  readonly onOutOfMemory: () => void;
  /** Stops listening. */
  release(): void;
}

const outOfMemory = [
  'a replication needed more memory than its thread may have: what was finished before it is kept',
  'Fewer --workers, a shorter horizon or fewer limits.records need less',
].join('\n');

/**
 * Listens for SIGINT and SIGTERM, so that finished work is kept; `text` is said at the first. A second
 * one ends the process at once.
 */
export function listenForStop(text: string, terminal: Pick<Terminal, 'say'>): StopSignals {
  const controller = new AbortController();
  let exitCode: ExitCode | undefined;
  const hear = (signal: NodeJS.Signals) => {
    const code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    terminal.say(text);
    controller.abort();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    onOutOfMemory: () => {
      if (exitCode !== undefined) return;
      exitCode = exitCodes.undecided;
      terminal.say(outOfMemory);
      controller.abort();
    },
    release: () => {
      process.off('SIGINT', hear);
      process.off('SIGTERM', hear);
    },
  };
}
