import { plainText } from '../format/plainText.js';
import { exitCodes } from './exitCodes.js';
import { SimulationFailed } from './simulationFailed.js';
import type { Terminal } from './terminal.js';

/** What is known about the moment of a bug. */
export interface BugContext {
  readonly experiment?: {
    readonly name: string;
    readonly seed: string;
    readonly configHash: string;
  };
  /** The command that shows it again. */
  readonly replay: string;
}

/** Says what went wrong inside the program and how to see it again. Returns the exit code for it. */
export function reportBug(
  problem: unknown,
  terminal: Pick<Terminal, 'say'>,
  { experiment, replay }: BugContext,
): typeof exitCodes.bug {
  const { message, stack } = problem instanceof Error ? problem : new Error(String(problem));
  const isNamed = message.startsWith('simulator bug');
  terminal.say(plainText(isNamed ? message : `bug in inflow: ${message}`));
  if (experiment) {
    const replication =
      problem instanceof SimulationFailed ? `, replication ${problem.replication}` : '';
    terminal.say(`  experiment ${experiment.name}, seed ${experiment.seed}${replication}`);
    terminal.say(`  config ${experiment.configHash}`);
  }
  terminal.say(`  replay: ${plainText(replay)}`);
  if (process.env['INFLOW_DEBUG']) terminal.say(stack ?? '');
  else terminal.say('  where it happened: set INFLOW_DEBUG=1');
  return exitCodes.bug;
}
