#!/usr/bin/env node
/** The program `inflow`: hands the command line to `runProgram` and exits with what that says. */
import { runProgram } from './program.js';
import { processTerminal } from './terminal.js';

process.exitCode = await runProgram(process.argv.slice(2), processTerminal());
