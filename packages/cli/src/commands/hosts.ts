import type { Command } from 'commander';
import { callApi } from '../api/client.ts';
import { formatValue, isRecord, type JsonRecord } from '../api/json.ts';
import type { Profile } from '../api/profile.ts';
import { loadProfile, type ProfileOptions, withProfileOptions } from './options.ts';
import { print } from './output.ts';
import { formatTable } from './table.ts';

const titles = [
  'host',
  'state',
  'hypervisor',
  'accelerated',
  'guests',
  'routers',
  'cpu',
  'memory',
  'address',
];

/** `isola hosts`: all hosts of the installation. */
export function addHosts(program: Command): void {
  withProfileOptions(program.command('hosts'))
    .description('list the hosts, what runs there and how busy they are')
    .action(async (options: ProfileOptions) => {
      const profile = await loadProfile(options);
      const { host: hosts } = await callApi(profile, 'listHosts', {});
      const rows: string[][] = [];
      for (const host of Array.isArray(hosts) ? hosts.filter(isRecord) : []) {
        const hostid = formatValue(host['id'] ?? '');
        rows.push(
          rowOf(host, {
            guests: await countOn(profile, 'listVirtualMachines', hostid),
            routers: await countOn(profile, 'listRouters', hostid),
          }),
        );
      }
      print(formatTable(titles, rows));
    });
}

/** The columns of one host. */
export function rowOf(
  host: JsonRecord,
  { guests, routers }: { readonly guests: number; readonly routers: number },
): string[] {
  const text = (field: string) => formatValue(host[field] ?? '');
  const { details } = host;
  return [
    text('name'),
    text('resourcestate') === 'Enabled'
      ? text('state')
      : `${text('state')}, ${text('resourcestate')}`,
    text('hypervisor'),
    isRecord(details) && details['Host.accelerated'] === 'true' ? 'yes' : 'no',
    String(guests),
    String(routers),
    text('cpuused'),
    share(host['memoryused'], host['memorytotal']),
    text('ipaddress'),
  ];
}

function share(used: unknown, total: unknown): string {
  if (typeof used !== 'number' || typeof total !== 'number' || total === 0) return '';
  return `${((100 * used) / total).toFixed(0)}% of ${(total / 2 ** 30).toFixed(1)} GiB`;
}

/** How many things that the command lists are on a host. */
async function countOn(profile: Profile, command: string, hostid: string): Promise<number> {
  const params = { listall: 'true', hostid, page: '1', pagesize: '1' };
  const { count } = await callApi(profile, command, params);
  return typeof count === 'number' ? count : 0;
}
