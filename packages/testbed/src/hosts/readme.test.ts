import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MachineDomains } from '../machines/domains.ts';
import type { Machine } from '../machines/machine.ts';
import { until } from '../world/exec.ts';
import { HostsWorld } from './hosts-world.ts';

const readmeTour = fileURLToPath(new URL('../../../../scripts/readme-tour.mjs', import.meta.url));

let hosts: HostsWorld;
let machine: Machine;

/** Types what a tour of the README says. */
const tour = (name: string): Promise<string> => {
  const { host, isola } = hosts.world;
  const environment = ['env', `ISOLA_HOME=${isola.home}`];
  return host.run([...environment, process.execPath, readmeTour, 'run', name], 600_000);
};

beforeAll(async () => {
  hosts = await HostsWorld.make('rm', 0, { isolation: 'VXLAN', body: 'KVM' });
  machine = await hosts.addMachine(1);
});
afterAll(async () => {
  await hosts?.remove();
});

it('a machine becomes a host with KVM and runs a virtual machine, as the README says', async () => {
  const printed = (await tour('kvm-token')).trimEnd();
  // What tells by itself may be too slow to be believed, in a machine that is emulated.
  const own = ['--public-interface', 'public0', '--acceleration', 'on'];
  await machine.run(['sh', '-c', `${printed} ${own.join(' ')}`], 600_000);
  await until(
    'the host to be up',
    async () => (await hosts.world.admin.one('listHosts', { name: 'host1' }))['state'] === 'Up',
    180_000,
  );
  const said = await tour('kvm');
  expect(said).toMatch(/host1 .*KVM/);
  const instance = await hosts.world.admin.one('listVirtualMachines', { listall: true });
  expect(instance).toMatchObject({ name: 'vm1', state: 'Running', hostname: 'host1' });
  const domains = new MachineDomains(machine);
  try {
    const inside = await domains.network(instance['instancename']);
    const lease = `${instance['nic'][0].ipaddress}/`;
    await until(
      'the lease',
      async () =>
        (await inside.run(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'])).includes(lease),
      180_000,
    );
  } finally {
    domains.close();
  }
});
