import { relative } from 'node:path';
import type { RunInfo } from '../results/runInfo.js';
import { exitCodes } from './exitCodes.js';
import { inflowVersion } from './inflowVersion.js';
import type { FinishedExperiment } from './runExperiment.js';
import type { Terminal } from './terminal.js';
import { UserError } from './userError.js';

/** Lets `write` write into a folder, which it returns, and says where. What the disk refuses is the user's to solve. */
export function writeFiles(write: () => string, terminal: Pick<Terminal, 'say'>): void {
  try {
    const folder = write();
    terminal.say(`results: ${relative(process.cwd(), folder) || folder}/`);
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === undefined) throw problem;
    throw new UserError(`the results could not be written: ${message}`, {
      hint: 'Write them elsewhere with --out <folder>, or not at all with --no-files',
      exitCode: exitCodes.fileAbsent,
    });
  }
}

/** What `run-info.json` tells about runs. */
export function runInfoOf({
  runs,
  startedAt,
  wallMs,
}: Pick<FinishedExperiment, 'runs' | 'startedAt' | 'wallMs'>): RunInfo {
  return {
    startedAt,
    wallMs,
    version: inflowVersion(),
    commandLine: process.argv.slice(2),
    events: runs.reduce((total, { events }) => total + events, 0),
    simulatedMs: runs.reduce((total, { endMs }) => total + endMs, 0),
  };
}
