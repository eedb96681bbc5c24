import { arch, availableParallelism, hostname, platform } from 'node:os';

/** How a run went on the machine that ran it. The only result with times and names in it. */
export interface RunInfo {
  readonly startedAt: Date;
  readonly wallMs: number;
  readonly version: string;
  readonly commandLine: readonly string[];
  readonly events: number;
  readonly simulatedMs: number;
}

/** Every key of the file, and what it says. */
export const runInfoKeys = {
  schema: 'Name and version of the form of the document.',
  startedAt: 'When the run began, by the clock of the machine (UTC).',
  wallSeconds: 'How long it took, s.',
  eventsPerSec: 'Steps of the simulation per second of that time.',
  simulatedSecondsPerSec: 'Simulated seconds per second of that time, over all replications.',
  inflow: 'Version of Inflow.',
  node: 'Version of Node.js.',
  host: 'Name of the machine.',
  system: 'Operating system and architecture.',
  threads: 'Processors that were available.',
  commandLine: 'What was typed, word by word.',
} as const;

/** The text of `run-info.json`. */
export function runInfoText(info: RunInfo): string {
  const wallSeconds = info.wallMs / 1000;
  const document: Record<keyof typeof runInfoKeys, unknown> = {
    schema: 'inflow-run-info/1',
    startedAt: info.startedAt.toISOString(),
    wallSeconds,
    eventsPerSec: Math.round(info.events / wallSeconds),
    simulatedSecondsPerSec: Math.round(info.simulatedMs / info.wallMs),
    inflow: info.version,
    node: process.version,
    host: hostname(),
    system: `${platform()} ${arch()}`,
    threads: availableParallelism(),
    commandLine: info.commandLine,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
