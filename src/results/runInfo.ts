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

/** The text of `run-info.json`. */
export function runInfoText(info: RunInfo): string {
  const wallSeconds = info.wallMs / 1000;
  const document = {
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
