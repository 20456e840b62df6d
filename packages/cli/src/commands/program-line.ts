import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { complain } from './output.ts';

/** Runs a program's command line to its end, and ends the process. */
export async function runProgramLine(program: Command): Promise<void> {
  // `su` leaves root with a user's path.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof CliError) {
      complain(`error: ${error.message}`);
      if (error.hint !== '') complain(`       ${error.hint}`);
      if (error.cause instanceof Error) complain(`       ${error.cause.message}`);
    } else {
      complain(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  // A set-up that was interrupted may have programs running: nothing waits for them.
  process.exit();
}
