import type { MachineHost, StartTimes } from '../machine-host.ts';
import { plainBoot } from '../plain-boot.ts';
import { say } from '../progress.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

const boots = 3;
const copies = 5;

/** How long a router takes to start as a virtual machine. */
export const machineStart: Section = {
  name: 'machine-start',
  title: 'A router that starts as a virtual machine',
  method: `Emulated processors (no KVM), one agent, no server. From the command to the agent until its answer (the router runs, has its NICs and was told what it is to be), and until the router says that its configuration is applied. ${boots} times without a warm image, so that it boots: once it runs, the host makes the image beside it, which takes from what is left until it is configured. Then ${copies} copies of the warm image, one after another. Baseline: QEMU with the system template's own disk and boot loader, without libvirt and NICs, until it waits for what it is to be.`,
  run: async lab => {
    const host = await lab.machineHost();
    const plain: number[] = [];
    const booted: StartTimes[] = [];
    const copied: StartTimes[] = [];
    for (let at = 1; at <= boots; at += 1) {
      say(`plain boot ${at} of ${boots}`);
      plain.push((await plainBoot(host.systemDisk)).milliseconds);
    }
    for (let at = 1; at <= boots; at += 1) {
      say(`router that boots ${at} of ${boots}`);
      await host.removeWarmImage();
      booted.push(await startOne(host));
      await host.awaitWarmImage();
    }
    for (let at = 1; at <= copies; at += 1) {
      say(`router that is a copy ${at} of ${copies}`);
      copied.push(await startOne(host));
    }
    return rows({ plain, booted, copied });
  },
};

async function startOne(host: MachineHost): Promise<StartTimes> {
  const network = host.network();
  await host.makeSegment(network);
  const times = await host.startRouter(network);
  await host.removeRouter(network);
  return times;
}

function rows(samples: {
  plain: readonly number[];
  booted: readonly StartTimes[];
  copied: readonly StartTimes[];
}): Row[] {
  const seconds = (all: readonly number[]): number => median(all) / 1000;
  const started = (all: readonly StartTimes[]): readonly number[] =>
    all.map(times => times.started);
  const configured = (all: readonly StartTimes[]): readonly number[] =>
    all.map(times => times.configured);
  const { booted, copied } = samples;
  const plain = { what: 'plain boot', value: seconds(samples.plain) };
  const boot = (all: typeof started) => ({ what: 'router boots', value: seconds(all(booted)) });
  const row = (what: string, all: readonly number[], baseline: Row['baseline'] & object): Row => ({
    what,
    value: seconds(all),
    unit: 's',
    also: `max ${figure(Math.max(...all) / 1000)}, n ${all.length}`,
    baseline,
  });
  return [
    row('boots: until it runs, p50', started(booted), plain),
    row('boots: until configured, p50', configured(booted), plain),
    row('copy: until it runs, p50', started(copied), boot(started)),
    row('copy: until configured, p50', configured(copied), boot(configured)),
    {
      what: 'copy as a part of a boot, until configured',
      value: seconds(configured(copied)) / seconds(configured(booted)),
      unit: 'of a boot',
      aim: { below: 0.5 },
    },
  ];
}
