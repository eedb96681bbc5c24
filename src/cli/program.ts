import { Command, CommanderError, Option } from 'commander';
import { suggestion } from '../config/nearestName.js';
import { type CalibrateOptions, calibrateCommand } from './calibrateCommand.js';
import { type CheckOptions, checkCommand, checkReporters } from './checkCommand.js';
import { type CompareOptions, compareCommand } from './compareCommand.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { explainText } from './explainText.js';
import { inflowVersion } from './inflowVersion.js';
import { type Library, libraryList, libraryShow } from './libraryText.js';
import { reportBug } from './reportBug.js';
import { type RunOptions, runCommand } from './runCommand.js';
import { schemaKinds, schemaText } from './schemaText.js';
import { shellWords } from './shellWords.js';
import type { Terminal } from './terminal.js';
import { UserError } from './userError.js';
import { validateCommand } from './validateCommand.js';

const profiles: Library = [
  { folder: 'hardware-profiles', word: 'hardware profile' },
  { folder: 'hardware-profiles/models', word: 'model' },
];
const workloads: Library = [{ folder: 'workloads', word: 'workload' }];

/** Runs one command line and tells with what to exit. Nothing but bugs of ours gets a stack trace. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = commands(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (problem) {
    if (problem instanceof CommanderError) {
      return problem.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    if (problem instanceof UserError) {
      terminal.say(problem.message);
      if (problem.hint !== undefined) terminal.say(problem.hint);
      return problem.exitCode;
    }
    return reportBug(problem, terminal, { replay: shellWords(['inflow', ...words]) });
  }
}

function commands(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('inflow')
    .description('Simulates agentic inference on mixes of hardware: waits, use and cost.')
    .version(inflowVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.answer(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
    .showSuggestionAfterError()
    .addHelpText('after', exitCodeHelp);
  addRun(program, terminal, finish);
  addCompare(program, terminal, finish);
  addCheck(program, terminal, finish);
  addCalibrate(program, terminal, finish);
  program
    .command('validate')
    .description('check files without running them: all mistakes at once')
    .argument('<files...>', 'experiments, workloads, hardware or model profiles')
    .action((files: string[]) => finish(validateCommand(files, terminal)));
  program
    .command('explain')
    .description('what a metric or a key of an experiment means')
    .argument('[name]', 'such as ttft, or fleet.replicas; without it: all metrics')
    .action((name?: string) => terminal.answer(explainText(name, terminal.paint).join('\n')));
  addLibrary(
    program,
    'profiles',
    'hardware and models, every number with its source',
    profiles,
    terminal,
  );
  addLibrary(program, 'workloads', 'what people and programs ask for', workloads, terminal);
  program
    .command('schema')
    .description('the JSON Schema of a kind of file, for editors')
    .argument('[kind]', schemaKinds.join(', '), 'experiment')
    .action((kind: string) => terminal.answer(schemaText(kind)));
  return program;
}

function addRun(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const command = program
    .command('run')
    .description('simulate, print the table, write the results')
    .argument('<experiments...>', 'experiment files');
  addSimulationOptions(command);
  addResultOptions(command).action(async (files: string[], options: RunOptions) =>
    finish(await runCommand(files, options, terminal)),
  );
}

function addCompare(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const command = program
    .command('compare')
    .description('the same sessions on several fleets: differences, intervals, cost')
    .argument('<experiments...>', 'experiment files, or one with mixes')
    .option('--baseline <mix>', 'what the others are compared with (default: the first)')
    .option(
      '--vary <path=values>',
      'one table over values, such as populations.people.users=100,200',
    );
  addSimulationOptions(command);
  addResultOptions(command).action(async (files: string[], options: CompareOptions) =>
    finish(await compareCommand(files, options, terminal)),
  );
}

function addCheck(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .description('the CI gate: judge the budgets of experiments; the exit code says how')
    .argument('[experiments...]', 'experiment files (default: all in experiments/)')
    .addOption(
      new Option('--reporter <kind>', 'how to tell').choices(checkReporters).default('text'),
    );
  addSimulationOptions(command).action(async (files: string[], options: CheckOptions) =>
    finish(await checkCommand(files, options, terminal)),
  );
}

function addCalibrate(
  program: Command,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void {
  program
    .command('calibrate')
    .description('fit a hardware profile to measurements of a real server')
    .argument('<files...>', 'tables of steps, closed loops or requests, or results of benchmarks')
    .requiredOption('--hardware <profile>', 'the profile to begin with')
    .requiredOption('--model <model>', 'the model that was served, where a table names none')
    .option('--tensor-parallel <count>', 'accelerators of the server', '1')
    .option('--weights <precision>', 'precision of the weights (default: the checkpoint’s)')
    .option('--kv <precision>', 'precision of the KV cache', 'bf16')
    .option('--max-sequences <count>', 'sequences in a batch', '1024')
    .option('--max-batch-tokens <count>', 'tokens of an iteration', '8192')
    .requiredOption('--engine <version>', 'engine and version measured, such as "vllm 0.19"')
    .requiredOption('--date <date>', 'when, such as 2026-04')
    .option('--name <name>', 'name of the new profile')
    .option('--free <parameters>', 'what to fit, such as host.sync,efficiency.bf16.weights')
    .option('--out <folder>', 'where the profile and its plot go', 'calibrated')
    .action((files: string[], options: CalibrateOptions) =>
      finish(calibrateCommand(files, options, terminal)),
    );
}

function addSimulationOptions(command: Command): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return command
    .option('--set <path=value>', 'replace a value, such as fleet.gpu.replicas=6', collect, [])
    .option('--seed <seed>', 'other random numbers than those the file asks for')
    .option('--replications <count>', 'independent repetitions behind every interval')
    .option('--quick', 'a short look: fewer and shorter replications')
    .option('--workers <count>', 'threads (default: one for each processor); changes no result');
}

function addResultOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document instead of tables')
    .option('--out <folder>', 'where results go, in a folder per experiment', 'results')
    .option('--no-files', 'write nothing');
}

function addLibrary(
  program: Command,
  name: string,
  description: string,
  library: Library,
  terminal: Terminal,
): void {
  const command = program.command(name).description(description);
  command
    .command('list', { isDefault: true })
    .description('all of them')
    // Without it a mistyped subcommand would be taken for an argument of `list`.
    .argument('[unexpected...]')
    .action((words: string[]) => {
      if (words.length > 0) {
        throw new UserError(`unknown command: inflow ${name} ${words.join(' ')}`, {
          hint: suggestion(words[0]!, ['list', 'show']) ?? `Try: inflow ${name} show ${words[0]}`,
        });
      }
      terminal.answer(libraryList(library, terminal.paint).join('\n'));
    });
  command
    .command('show')
    .description('one of them, number by number')
    .argument('<name>')
    .action((shown: string) =>
      terminal.answer(libraryShow(library, shown, terminal.paint).join('\n')),
    );
}

const exitCodeHelp = `
Exit codes: 0 done, 1 a budget failed, 2 a mistake in the command line or a file, 3 could not judge,
4 a file is absent, 70 a bug of ours, 130 and 143 interrupted.`;
