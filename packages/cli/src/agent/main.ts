import { Command } from 'commander';
import { runProgramLine } from '../commands/program-line.ts';
import { addAgentCommands } from './commands.ts';

/** The agent alone: bundled into one file for machines that have nothing else of Isola. */
const program = new Command('isola-agent')
  .description('Makes a machine a host of an Isola server')
  .showHelpAfterError('(--help shows what there is)');
addAgentCommands(program);
void runProgramLine(program);
