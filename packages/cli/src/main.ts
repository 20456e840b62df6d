import { Command } from 'commander';
import { addAgent } from './commands/agent.ts';
import { addApi, addSign } from './commands/api.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDown } from './commands/down.ts';
import { addHosts } from './commands/hosts.ts';
import { runProgramLine } from './commands/program-line.ts';
import { addRouters, addSsh } from './commands/routers.ts';
import { addStatus } from './commands/status.ts';
import { addTemplate } from './commands/template.ts';
import { addServer, addUp } from './commands/up.ts';

const program = new Command('isola')
  .description('Isolated guest networks with virtual routers, behind the CloudStack API')
  .showHelpAfterError('(--help shows what there is)');
addUp(program);
addServer(program);
addDown(program);
addStatus(program);
addDoctor(program);
addApi(program);
addSign(program);
addHosts(program);
addRouters(program);
addSsh(program);
addTemplate(program);
addAgent(program);

await runProgramLine(program);
