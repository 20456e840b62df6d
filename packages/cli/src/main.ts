import { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { addApi, addSign } from './commands/api.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDown } from './commands/down.ts';
import { complain } from './commands/output.ts';
import { addRouters, addSsh } from './commands/routers.ts';
import { addStatus } from './commands/status.ts';
import { addTemplate } from './commands/template.ts';
import { addUp } from './commands/up.ts';

// `su` leaves root with a user's path.
process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

const program = new Command('isola')
  .description('Isolated guest networks with virtual routers, behind the CloudStack API')
  .showHelpAfterError('(--help shows what there is)');
addUp(program);
addDown(program);
addStatus(program);
addDoctor(program);
addApi(program);
addSign(program);
addRouters(program);
addSsh(program);
addTemplate(program);

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
