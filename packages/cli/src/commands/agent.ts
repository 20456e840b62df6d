import { createHash } from 'node:crypto';
import { downloadProgram } from '@isola/agent';
import { type Command, Option } from 'commander';
import { addAgentCommands } from '../agent/commands.ts';
import { callApi } from '../api/client.ts';
import { isRecord, valueAt } from '../api/json.ts';
import { CliError } from '../cli-error.ts';
import { loadProfile, type ProfileOptions, withProfileOptions } from './options.ts';
import { print } from './output.ts';

/** `isola agent`: machines that are hosts of a server elsewhere, and tokens with which they join. */
export function addAgent(program: Command): void {
  const agent = program
    .command('agent')
    .description('make this machine a host of a server elsewhere, or give others a token to join');
  addAgentCommands(agent);
  addToken(agent);
}

interface TokenOptions extends ProfileOptions {
  readonly zone?: string;
  readonly cluster?: string;
  readonly hypervisor: string;
  readonly tags?: string;
}

function addToken(agent: Command): void {
  withProfileOptions(agent.command('token'))
    .description('make a join token, and print what to run on the machine that is to join')
    .option('--zone <id>', 'zone of the host (default: the first one)')
    .option('--cluster <id>', 'cluster of the host (default: the first one of its hypervisor)')
    .addOption(
      new Option('--hypervisor <kind>', 'virtual machines or containers')
        .choices(['KVM', 'LXC'])
        .default('KVM'),
    )
    .option('--tags <tags>', 'tags of the host, comma-separated')
    .action(async (options: TokenOptions) => {
      const { zone, cluster, hypervisor, tags } = options;
      const answer = await callApi(await loadProfile(options), 'createHostToken', {
        hypervisor,
        ...(zone === undefined ? {} : { zoneid: zone }),
        ...(cluster === undefined ? {} : { clusterid: cluster }),
        ...(tags === undefined ? {} : { hosttags: tags }),
      });
      const made = valueAt(answer, 'hosttoken');
      if (!isRecord(made)) throw new CliError('the server’s answer has no token');
      const { token, serverurl: url, expires } = made;
      if (typeof token !== 'string' || typeof url !== 'string')
        throw new CliError('the server’s answer has no token');
      const checksum = createHash('sha256')
        .update(await downloadProgram(url, token))
        .digest('hex');
      const kind = String(made['hypervisor']);
      print(
        `# As root on the machine that is to join. The token is good for one host until ${String(expires)}.`,
      );
      print(installCommand({ token, url, checksum, kind }));
    });
}

/** The checksum stands for the server's certificate, which curl has no way to know. The token is in no program's arguments. */
function installCommand(of: {
  readonly token: string;
  readonly url: string;
  readonly checksum: string;
  readonly kind: string;
}): string {
  const file = 'isola-agent.cjs';
  return [
    `curl -fsSk ${of.url}/${file} -o ${file}`,
    `echo '${of.checksum}  ${file}' | sha256sum -c`,
    'apt-get install -y nodejs',
    `echo ${of.token} | node ${file} install --server ${of.url} --token-file - --hypervisor ${of.kind}`,
  ].join(' &&\n');
}
