import type { TestNetwork } from '../../agent/host-world.ts';
import { type MachineHost, routerMiB } from '../machine-host.ts';
import { plainBoot } from '../plain-boot.ts';
import { emulatorOf, type Memory, memoryOf } from '../processes.ts';
import { say } from '../progress.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { sum } from '../statistics.ts';

/** Copies share the pages of their image: what one costs is seen with several. */
const copies = 3;

/** Memory of a host per router that is a virtual machine. */
export const machineMemory: Section = {
  name: 'machine-memory',
  title: 'Memory of a router that is a virtual machine',
  method: `MB are 10^6 bytes. PSS (shared pages divided among those that share them) of the QEMU process of a router of ${routerMiB} MiB with 1 instance and 2 port forwards, right after it is configured: one that has booted, and the mean of ${copies} copies of the warm image that run side by side. Emulated processors: up to 64 MiB of it are translated code, which hosts with KVM do not have. Baseline: QEMU with the same disk booted plainly, before it is anybody's router.`,
  run: async lab => {
    const host = await lab.machineHost();
    say('plain boot');
    const plain = (await plainBoot(host.systemDisk)).memory;
    const networks: TestNetwork[] = [];
    try {
      await host.removeWarmImage();
      say('a router that boots');
      networks.push(await routerOn(host));
      await host.awaitWarmImage();
      for (let at = 1; at <= copies; at += 1) {
        say(`copy ${at} of ${copies}`);
        networks.push(await routerOn(host));
      }
      const measured: Memory[] = [];
      for (const network of networks)
        measured.push(await memoryOf([await emulatorOf(host.router(network).id)]));
      return rows(plain, measured);
    } finally {
      for (const network of networks) await host.removeRouter(network);
    }
  },
};

async function routerOn(host: MachineHost): Promise<TestNetwork> {
  const network = host.network();
  await host.makeSegment(network);
  await host.startRouter(network);
  return network;
}

function rows(plain: Memory, [booted, ...copied]: readonly Memory[]): Row[] {
  if (booted === undefined) throw new Error('no router');
  const mean = (part: keyof Memory): number =>
    sum(copied.map(memory => memory[part])) / copied.length;
  const row = (what: string, memory: Memory, baseline: Row['baseline'] & object): Row => ({
    what,
    value: memory.pss / 1e6,
    unit: 'MB',
    also: `RSS ${figure(memory.rss / 1e6)}`,
    baseline,
  });
  const copy = { pss: mean('pss'), rss: mean('rss') };
  return [
    row('router that has booted, PSS', booted, { what: 'plain boot', value: plain.pss / 1e6 }),
    row('copy, PSS', copy, { what: 'router that has booted', value: booted.pss / 1e6 }),
    {
      what: 'copy as a part of one that has booted',
      value: copy.pss / booted.pss,
      unit: 'of one',
      aim: { below: 1 },
    },
  ];
}
