import { join } from 'node:path';
import type { Command } from 'commander';
import { callApi } from '../api/client.ts';
import { formatValue } from '../api/json.ts';
import { type Profile, readProfile } from '../api/profile.ts';
import { CliError, messageOf } from '../cli-error.ts';
import { upLock } from '../machine/home.ts';
import { postmaster } from '../postgres/cluster.ts';
import { clusterPaths } from '../postgres/paths.ts';
import { lockHolder } from '../process/lock.ts';
import { type ConfigOptions, load, withConfigOptions } from './options.ts';
import { print } from './output.ts';

const counted: Readonly<Record<string, string>> = {
  networks: 'listNetworks',
  routers: 'listRouters',
  instances: 'listVirtualMachines',
  alerts: 'listAlerts',
};

/** `isola status`: what runs and how much there is. The exit code is 1 when the API does not answer. */
export function addStatus(program: Command): void {
  withConfigOptions(program.command('status'))
    .description('show what runs and how much there is')
    .action(async (options: ConfigOptions) => {
      const { installation, privateDatabase } = await load(options);
      const { home } = installation;
      print(`home        ${home}`);
      print(`isola up    ${processText(await lockHolder(upLock(home)))}`);
      const database = privateDatabase
        ? processText(await postmaster(clusterPaths(home)))
        : 'DATABASE_URL';
      print(`database    ${database}`);
      try {
        const profile = await readProfile(join(home, 'admin.json'));
        const lines = await countAll(profile);
        print(`API         ${profile.url}`);
        for (const line of lines) print(line);
      } catch (error) {
        print(`API         ${messageOf(error)}`);
        if (error instanceof CliError && error.hint !== '') print(`            ${error.hint}`);
        process.exitCode = 1;
      }
    });
}

function processText(pid: number | null): string {
  return pid === null ? 'does not run' : `process ${pid}`;
}

function countAll(profile: Profile): Promise<readonly string[]> {
  return Promise.all(
    Object.entries(counted).map(async ([what, command]) => {
      const { count } = await callApi(profile, command, {
        listall: 'true',
        page: '1',
        pagesize: '1',
      });
      return `${what.padEnd(12)}${formatValue(count ?? 0)}`;
    }),
  );
}
