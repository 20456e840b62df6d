import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { installationId } from '@isola/agent';
import type { GuestSpec } from '@isola/agent-protocol';
import { run, until } from '../world/exec.ts';
import { inNamespace, type Place } from '../world/place.ts';
import type { HostWorld } from './host-world.ts';

/** What a router would be to guests: 10.1.1.1 in their segment, with leases. */
export interface TenantNetwork {
  readonly gateway: Place;
  /** Runs a command in a guest by ssh. */
  inside(guest: GuestSpec, command: string): Promise<string>;
  /** The words before such a command. */
  ssh(guest: GuestSpec): readonly string[];
  remove(): Promise<void>;
}

/** Puts a gateway into the segment `vlan` of the first host, and joins the segments of the others to it by a cable each. */
export async function makeTenantNetwork(
  name: string,
  vlan: number,
  { hosts, guests }: { hosts: readonly [HostWorld, ...HostWorld[]]; guests: readonly GuestSpec[] },
): Promise<TenantNetwork> {
  const namespace = `ag-${name}-gw`;
  const [first, ...others] = hosts;
  const bridgeOf = (world: HostWorld): string => `i${installationId(world.options.home)}n${vlan}`;
  const cable = async (from: string, port: string, host: HostWorld): Promise<void> => {
    const there = `${port}-${name}`;
    const here = ['name', port, 'netns', from, 'type', 'veth'];
    await run(['ip', 'link', 'add', ...here, 'peer', 'name', there, 'netns', host.namespace]);
    const plug = ['set', there, 'master', bridgeOf(host), 'up'];
    await run(['ip', '-n', host.namespace, 'link', ...plug]);
  };
  await run(['ip', 'netns', 'add', namespace]);
  await cable(namespace, 'eth0', first);
  await run(['ip', '-n', namespace, 'addr', 'add', '10.1.1.1/24', 'dev', 'eth0']);
  for (const link of ['lo', 'eth0']) await run(['ip', '-n', namespace, 'link', 'set', link, 'up']);
  for (const [index, other] of others.entries()) {
    await cable(first.namespace, `trunk${index}`, other);
    const plug = ['set', `trunk${index}`, 'master', bridgeOf(first), 'up'];
    await run(['ip', '-n', first.namespace, 'link', ...plug]);
  }
  const here = ['--conf-file=/dev/null', '--port=0', '--interface=eth0', '--bind-interfaces'];
  const files = ['--pid-file=', `--dhcp-leasefile=${join(first.files, 'leases')}`];
  const owners = guests.flatMap(({ nics }) =>
    nics.map(nic => `--dhcp-host=${nic.mac},${nic.pinnedAddresses?.[0] ?? ''}`),
  );
  const range = ['--dhcp-range=10.1.1.0,static', ...owners];
  const settings = ['--keep-in-foreground', '--user=root', ...here, ...files, ...range];
  const leases: ChildProcess = spawn('ip', ['netns', 'exec', namespace, 'dnsmasq', ...settings], {
    stdio: 'ignore',
  });
  const gateway = inNamespace(namespace);
  const ssh = (guest: GuestSpec): readonly string[] => {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null'];
    const given = [...options, 'LogLevel=ERROR', 'ConnectTimeout=5'].flatMap(one => ['-o', one]);
    const address = guest.nics[0]?.pinnedAddresses?.[0] ?? '';
    const key = join(first.files, 'ssh/id_ed25519');
    return ['ssh', '-F', 'none', ...given, '-i', key, `root@${address}`];
  };
  return {
    gateway,
    ssh,
    inside: (guest, command) =>
      until(
        `${guest.name} to answer`,
        async () => {
          const { code, stdout } = await gateway.tryRun([...ssh(guest), command]);
          return code !== 255 && stdout;
        },
        120_000,
      ),
    remove: async () => {
      leases.kill();
      await run(['ip', 'netns', 'del', namespace]);
    },
  };
}
