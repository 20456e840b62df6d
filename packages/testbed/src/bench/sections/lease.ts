import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Api } from '../../world/api.ts';
import type { World } from '../../world/world.ts';
import { clock } from '../clock.ts';
import type { Lab } from '../lab.ts';
import { memoryGroup } from '../processes.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

const samples = 10;
const patience = 30_000;

/** What a deployment needs to know, looked up beforehand. */
interface Deployment {
  readonly tenant: Api;
  readonly admin: Api;
  readonly params: Record<string, string>;
  /** File with the processes of a container, by the instance's id. */
  readonly processesFile: (id: string) => string;
}

/** From the calls to the guest's lease. */
export const lease: Section = {
  name: 'lease',
  title: 'From createNetwork and deployVirtualMachine to the lease',
  method: `From before createNetwork is sent until the first instance of the network, deployed at once, has its address on eth0 by DHCP (looked at every 5 ms): the router is made, started and configured within. One round warms up, ${samples} count. Baseline: another instance in the same network, which is there already.`,
  run: async lab => {
    const world = await lab.world();
    const tenant = await lab.tenant();
    const deployment = await prepare(lab, world, tenant);
    const first: number[] = [];
    const second: number[] = [];
    for (let at = 0; at < samples; at += 1) {
      const start = clock();
      const network = await world.network(tenant, `lease-${at}`);
      const one = await leased(deployment, network, `lease-${at}-a`);
      first.push(one.at - start);
      const again = clock();
      const two = await leased(deployment, network, `lease-${at}-b`);
      second.push(two.at - again);
      await lab.discard(tenant, [one.instance, two.instance], [network]);
    }
    return rows(first, second);
  },
};

function rows(first: readonly number[], second: readonly number[]): Row[] {
  const seconds = (samplesMs: readonly number[], pick: (s: readonly number[]) => number): number =>
    pick(samplesMs) / 1000;
  const longest = (all: readonly number[]): number => Math.max(...all);
  const what = 'another instance';
  return [
    {
      what: 'new network to lease, p50',
      value: seconds(first, median),
      unit: 's',
      also: `n ${first.length}`,
      baseline: { what, value: seconds(second, median) },
      aim: { below: 2 },
    },
    {
      what: 'new network to lease, longest',
      value: seconds(first, longest),
      unit: 's',
      also: `all ${[...first]
        .sort((a, b) => a - b)
        .map(ms => figure(ms / 1000))
        .join(' ')}`,
      baseline: { what, value: seconds(second, longest) },
    },
  ];
}

/** The round that warms up, which also shows where control groups are. */
async function prepare(lab: Lab, world: World, tenant: Api): Promise<Deployment> {
  const network = await world.network(tenant, 'warm');
  const instance = await world.deploy(tenant, 'warm', network['id']);
  await world.guest(instance);
  const shown = await world.admin.one('listVirtualMachines', { id: instance['id'], listall: true });
  const { folder } = await memoryGroup(await lab.initPid(shown['instancename']));
  await lab.discard(tenant, [instance], [network]);
  return {
    tenant,
    admin: world.admin,
    params: {
      zoneid: shown['zoneid'],
      templateid: shown['templateid'],
      serviceofferingid: shown['serviceofferingid'],
    },
    processesFile: id => `${folder.replaceAll(shown['id'], id)}/cgroup.procs`,
  };
}

async function leased(
  { tenant, admin, params, processesFile }: Deployment,
  network: Answer,
  name: string,
): Promise<{ at: number; instance: Answer }> {
  const call = { ...params, name, networkids: network['id'] };
  const answer = await tenant.call('deployVirtualMachine', call);
  const shown = await admin.one('listVirtualMachines', { id: answer['id'], listall: true });
  const file = processesFile(shown['id']);
  const address = shown['nic'][0].ipaddress as string;
  const deadline = clock() + patience;
  while (!(await hasAddress(file, address))) {
    if (clock() > deadline) throw new Error(`${name} has no lease after ${patience} ms`);
    await delay(5);
  }
  const at = clock();
  await tenant.wait('deployVirtualMachine', answer['jobid']);
  return { at, instance: shown };
}

/** Whether a process of the control group has this address, without starting a program. */
async function hasAddress(processesFile: string, address: string): Promise<boolean> {
  const pids = (await readFile(processesFile, 'utf8').catch(() => '')).split('\n');
  for (const pid of pids.filter(line => line !== '')) {
    const routes = await readFile(`/proc/${pid}/net/fib_trie`, 'utf8').catch(() => '');
    if (routes.includes(`|-- ${address}\n`)) return true;
  }
  return false;
}
