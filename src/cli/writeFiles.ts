import { relative } from 'node:path';
import type { RunInfo } from '../results/runInfo.js';
import { inflowVersion } from './inflowVersion.js';
import type { FinishedExperiment } from './runExperiment.js';
import type { Terminal } from './terminal.js';
import { tryWriting } from './tryWriting.js';

/** Lets `write` write into a folder, which it returns, and says where. */
export function writeFiles(write: () => string, terminal: Pick<Terminal, 'say'>): void {
  const hint = 'Write them elsewhere with --out <folder>, or not at all with --no-files';
  const folder = tryWriting(write, hint);
  terminal.say(`results: ${relative(process.cwd(), folder) || folder}/`);
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
