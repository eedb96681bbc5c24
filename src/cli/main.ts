#!/usr/bin/env node
/** The program `inflow`: hands the command line to `runProgram` and exits with what that says. */
import { runProgram } from './program.js';
import { reportBug } from './reportBug.js';
import { shellWords } from './shellWords.js';
import { processTerminal } from './terminal.js';

const words = process.argv.slice(2);
const terminal = processTerminal();
process.on('uncaughtException', (problem) => {
  process.exit(reportBug(problem, terminal, { replay: shellWords(['inflow', ...words]) }));
});
process.exitCode = await runProgram(words, terminal);
