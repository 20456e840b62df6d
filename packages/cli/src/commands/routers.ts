import type { Command } from 'commander';
import { callApi } from '../api/client.ts';
import { formatValue, isRecord, type JsonRecord } from '../api/json.ts';
import type { Profile } from '../api/profile.ts';
import { CliError } from '../cli-error.ts';
import { load, loadProfile, type ProfileOptions, withProfileOptions } from './options.ts';
import { print } from './output.ts';
import { openRouterShell } from './router-shell.ts';
import { formatTable } from './table.ts';

const columns = [
  ['router', 'name'],
  ['state', 'state'],
  ['control state', 'hostcontrolstate'],
  ['network', 'guestnetworkname'],
  ['guest address', 'guestipaddress'],
  ['public address', 'publicip'],
  ['control address', 'linklocalip'],
] as const;

/** `isola routers`: all routers of the installation. */
export function addRouters(program: Command): void {
  withProfileOptions(program.command('routers'))
    .description('list the virtual routers')
    .action(async (options: ProfileOptions) => {
      const routers = await listRouters(await loadProfile(options));
      const rows = routers.map(router =>
        columns.map(([, field]) => formatValue(router[field] ?? '')),
      );
      print(
        formatTable(
          columns.map(([title]) => title),
          rows,
        ),
      );
    });
}

/** `isola ssh`: a shell in a router. */
export function addSsh(program: Command): void {
  withProfileOptions(program.command('ssh'))
    .description('open a shell in a virtual router, or run a command there')
    .argument('<router>', 'its name (r-12-VM) or id')
    .argument('[command...]', 'what to run there; give `--` before it')
    .action(async (wanted: string, words: readonly string[], options: ProfileOptions) => {
      const routers = await listRouters(await loadProfile(options));
      const router = routers.find(({ id, name }) => id === wanted || sameName(name, wanted));
      if (router === undefined) {
        throw new CliError(`no router ${wanted}`, '`isola routers` lists them.');
      }
      const { installation } = await load(options);
      const target = { id: String(router['id']), address: String(router['linklocalip']) };
      process.exitCode = await openRouterShell(installation.home, target, words);
    });
}

function sameName(name: unknown, wanted: string): boolean {
  return typeof name === 'string' && name.toLowerCase() === wanted.toLowerCase();
}

async function listRouters(profile: Profile): Promise<readonly JsonRecord[]> {
  const { router } = await callApi(profile, 'listRouters', { listall: 'true' });
  return Array.isArray(router) ? router.filter(isRecord) : [];
}
