import { readFile } from 'node:fs/promises';
import { standingOf } from '@isola/agent';
import { type Command, Option } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { print } from '../commands/output.ts';
import { lockHolder } from '../process/lock.ts';
import { progressOn } from '../process/progress.ts';
import { type InstallOptions, installAgent } from './install.ts';
import { agentLock, runAgent } from './run.ts';
import { serviceState } from './service.ts';
import { defaultSettingsFile, readAgentSettings } from './settings.ts';
import { uninstallAgent } from './uninstall.ts';

interface ConfigOption {
  readonly config: string;
}

/** What a host needs to be one: the same here and in the file that runs alone on other machines. */
export function addAgentCommands(program: Command): void {
  addInstall(program);
  withConfig(program.command('run'))
    .description('run the agent in the foreground')
    .action(({ config }: ConfigOption) => runAgent(config));
  withConfig(program.command('status'))
    .description('show whether the agent runs and what its server thinks of it')
    .action(({ config }: ConfigOption) => showStatus(config));
  withConfig(program.command('uninstall'))
    .description('take the agent, its routers and its guests off this machine')
    .action(({ config }: ConfigOption) => uninstallAgent(config, progressOn(process.stderr)));
}

function addInstall(program: Command): void {
  withConfig(program.command('install'))
    .description('make this machine a host of an Isola server')
    .option('--server <url>', 'what to dial, for example https://192.0.2.1:8250')
    .option('--token <token>', 'a join token; seen by others on this machine while it runs')
    .option('--token-file <file>', 'a file that has the token; - is stdin')
    .addOption(
      new Option('--hypervisor <kind>', 'virtual machines or containers (default: KVM)').choices([
        'KVM',
        'LXC',
      ]),
    )
    .option('--guest-interface <name>', 'interface, bridge or bond that carries VLANs of tenants')
    .option('--public-interface <name>', 'interface of the public network')
    .option(
      '--underlay-address <address>',
      'address by which other hosts reach this one (default: the one from which it reaches the server)',
    )
    .option('--underlay-interface <name>', 'interface of the underlay, where it is another one')
    .option('--shared-storage <folder>', 'folder shared with other hosts, for disks that move')
    .addOption(
      new Option(
        '--acceleration <how>',
        'whether the processor’s virtualisation is used (default: auto)',
      ).choices(['auto', 'on', 'off']),
    )
    .option('--libvirt-uri <uri>', 'of this machine’s libvirt (default: qemu:///system)')
    .option('--name <name>', 'the host’s name (default: the machine’s)')
    .option('--home <folder>', 'folder of all state (default: /var/lib/isola-agent)')
    .option('--images <folder>', 'folder of container images')
    .option('--no-service', 'leave systemd alone')
    .action(async ({ tokenFile, ...options }: InstallOptions & { tokenFile?: string }) => {
      const token = tokenFile === undefined ? options.token : await readToken(tokenFile);
      const given = token === undefined ? options : { ...options, token };
      await installAgent(given, progressOn(process.stderr));
    });
}

function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the agent’s settings', defaultSettingsFile);
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')).trim();
  } catch (error) {
    throw new CliError(`--token-file: ${messageOf(error)}`);
  }
}

async function showStatus(config: string): Promise<void> {
  const settings = await readAgentSettings(config);
  if (settings === null) throw new CliError(`${config}: no such file`, 'Nothing is installed.');
  const pid = await lockHolder(agentLock(settings.home));
  const standing = await standingOf(settings);
  const server =
    standing === null
      ? 'never joined'
      : standing.state === 'known'
        ? 'knows this host'
        : `${standing.state}: ${standing.reason}`;
  print(`server   ${settings.serverUrl}  ${server}`);
  print(`agent    ${pid === null ? 'does not run' : `runs as process ${pid}`}`);
  print(`service  ${(await serviceState()) ?? 'none'}`);
  if (pid === null || standing?.state !== 'known') process.exitCode = 1;
}
