import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { buildImages } from '@isola/agent';
import type {
  GuestSpec,
  NicSpec,
  RouterSpec,
  SegmentSpec,
  TemplateRef,
} from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import { run } from '../world/exec.ts';
import { testImages } from '../world/images.ts';
import { type Libvirtd, libvirtUriOf, startLibvirtd } from '../world/libvirtd.ts';
import { inNamespace, type Place } from '../world/place.ts';
import { templateFor } from './guest-template.ts';
import type { DriverOptions } from './messages.ts';
import { RemoteAgent } from './remote-agent.ts';
import type { TestUnderlay } from './underlay.ts';

/** A machine (a network namespace) with an agent and no server, and somebody on its public network. */
export interface HostWorld {
  readonly namespace: string;
  readonly options: DriverOptions;
  /** Where its home is for everybody else. */
  readonly files: string;
  readonly host: Place;
  /** At 203.0.113.254, the public gateway. */
  readonly outside: Place;
  /** What guests are made of. */
  readonly guestTemplate: TemplateRef;
  /** Where the body is a virtual machine. */
  readonly libvirtd: Libvirtd | null;
  agent: RemoteAgent;
  /** Ends the agent's process without a word and starts another. */
  restartAgent(): Promise<void>;
  remove(): Promise<void>;
}

/** A host's place between others. */
export interface HostPlace {
  readonly underlay: TestUnderlay;
  readonly address: string;
}

export interface HostWorldOptions {
  /** Where the host is between others; alone unless told. */
  readonly place?: HostPlace;
  /** What runs routers and guests; containers unless told. */
  readonly body?: 'LXC' | 'KVM';
  /** Folder for disks of highly available guests. */
  readonly sharedStorage?: string;
  /** QCOW2 file that virtual machines are made of; a blank disk unless told. */
  readonly guestDisk?: string;
}

/** Builds the images if need be, and makes the host ready. `name` goes into namespace names. */
export async function makeHostWorld(
  name: string,
  { place, body = 'LXC', sharedStorage, guestDisk }: HostWorldOptions = {},
): Promise<HostWorld> {
  const namespace = `ag-${name}`;
  const outside = `ag-${name}-out`;
  const files = await mkdtemp('/var/tmp/isola-ag-');
  await chmod(files, 0o755);
  // Hosts that guests move between have the same home.
  const home = body === 'LXC' ? files : '/var/tmp/isola-machines';
  const folders = body === 'LXC' ? [] : [{ folder: files, at: home }];
  const machinesFolder = `${files}-libvirt`;
  const uplink = 'uplink';
  const options: DriverOptions = {
    home,
    imagesFolder: await testImages(),
    hypervisor: body,
    kvm: {
      libvirtUri: libvirtUriOf(machinesFolder),
      acceleration: 'off',
      sharedStorage: sharedStorage ?? null,
    },
    publicNetwork: {
      cidr: '203.0.113.0/24',
      gateway: '203.0.113.254',
      uplink: { kind: 'interface', name: uplink },
    },
    guestInterface: null,
    underlay: place === undefined ? null : { address: place.address, interface: null },
  };
  if (body === 'LXC') await buildImages(options, () => undefined);
  for (const each of [namespace, outside]) {
    await run(['ip', 'netns', 'add', each]);
    await run(['ip', '-n', each, 'link', 'set', 'lo', 'up']);
  }
  const here = ['ip', 'link', 'add', uplink, 'netns', namespace, 'type', 'veth'];
  await run([...here, 'peer', 'name', 'eth0', 'netns', outside]);
  await run(['ip', '-n', outside, 'addr', 'add', '203.0.113.254/24', 'dev', 'eth0']);
  await run(['ip', '-n', outside, 'link', 'set', 'eth0', 'up']);
  const libvirtd = body === 'KVM' ? await startLibvirtd(namespace, machinesFolder, folders) : null;
  const agent = await RemoteAgent.start({ namespace, options, folders }, true);
  const guestTemplate = await templateFor(agent, files, guestDisk);
  await place?.underlay.join(namespace, place.address);
  const world: HostWorld = {
    namespace,
    options,
    files,
    host: inNamespace(namespace),
    outside: inNamespace(outside),
    guestTemplate,
    libvirtd,
    agent,
    restartAgent: async () => {
      await world.agent.kill();
      world.agent = await RemoteAgent.start({ namespace, options, folders });
    },
    remove: async () => {
      await world.agent.teardown();
      await world.agent.kill();
      await libvirtd?.remove();
      await run(['ip', '-n', namespace, 'link', 'del', uplink]);
      for (const each of [namespace, outside]) await run(['ip', 'netns', 'del', each]);
      for (const folder of [files, machinesFolder])
        await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** The segment of a VLAN tag, without a link to other hosts. */
export function vlan(id: number): SegmentSpec {
  return { isolation: 'VLAN', id, label: null, mtu: 1500, peers: [] };
}

const limits = { memoryMiB: 128, cpuPercent: 100 };

/** A network of the tests: 10.1.1.0/24 behind public address 203.0.113.`publicHost`. */
export interface TestNetwork {
  /** Its tag, and what tells its MACs and ids from other networks'. */
  readonly vlan: number;
  readonly publicHost: number;
  /** That of its tag unless told. */
  readonly segment?: SegmentSpec;
}

function segmentOf(network: TestNetwork): SegmentSpec {
  return network.segment ?? vlan(network.vlan);
}

/** A guest with address 10.1.1.`host`. */
export function guestSpec(network: TestNetwork, host: number, template: TemplateRef): GuestSpec {
  return {
    id: `00000000-0000-4000-8000-${hex(network.vlan, 6)}${hex(host, 6)}`,
    name: `i-2-${host}-VM`,
    hostname: `guest${host}`,
    template,
    highlyAvailable: false,
    sshPublicKeys: [],
    limits,
    nics: [
      {
        device: 'eth0',
        mac: guestMac(network, host),
        network: { kind: 'guest', segment: segmentOf(network) },
        pinnedAddresses: [`10.1.1.${host}`],
        mtu: segmentOf(network).mtu,
        rate: null,
      },
    ],
  };
}

/** Router number `number` of the network: same guest and public side, a control side of its own. */
export function routerSpec(network: TestNetwork, number: number): RouterSpec {
  const nic = (device: string, mac: string, where: NicSpec['network']): NicSpec => ({
    device,
    mac,
    network: where,
    pinnedAddresses: null,
    mtu: where.kind === 'guest' ? segmentOf(network).mtu : 1500,
    rate: null,
  });
  return {
    id: `00000000-0000-4000-9000-${hex(network.vlan, 6)}${hex(number, 6)}`,
    name: `r-${number}-vm`,
    controlAddress: controlAddress(network, number),
    template: { name: 'router', checksum: '' },
    limits,
    nics: [
      nic('eth0', `0e:00:00:${pair(network.vlan)}:${hex(number, 2)}`, { kind: 'control' }),
      nic('eth1', routerMac(network), { kind: 'guest', segment: segmentOf(network) }),
      nic('eth2', `06:00:00:00:${pair(network.vlan)}`, { kind: 'public' }),
    ],
  };
}

/** Forwards public TCP 8080 to port 80, and UDP 9000, of the guest `host`; egress is open. */
export function routerConfig(
  network: TestNetwork,
  { number, host, generation = 1 }: { number: number; host: number; generation?: number },
): RouterConfig {
  const publicAddress = `203.0.113.${network.publicHost}`;
  const forward = (protocol: 'tcp' | 'udp', from: number, to: number) => ({
    id: `pf-${protocol}`,
    publicAddress,
    protocol,
    publicPorts: { first: from, last: from },
    guestAddress: `10.1.1.${host}`,
    guestPorts: { first: to, last: to },
  });
  const opened = (protocol: 'tcp' | 'udp', port: number) => ({
    id: `fw-${protocol}`,
    publicAddress,
    match: { protocol, ports: { first: port, last: port } },
    sources: ['0.0.0.0/0'],
  });
  return {
    generation,
    header: {
      name: `r-${number}-vm`,
      control: { address: controlAddress(network, number), prefix: 16, gateway: '169.254.0.1' },
      guest: {
        address: '10.1.1.1',
        cidr: '10.1.1.0/24',
        mac: routerMac(network),
        mtu: segmentOf(network).mtu,
      },
      public: {
        mac: `06:00:00:00:${pair(network.vlan)}`,
        prefix: 24,
        gateway: '203.0.113.254',
        mtu: 1500,
      },
      sourceNat: publicAddress,
      egressDefault: 'allow',
      dhcp: true,
      dns: true,
      domain: 'cs.internal',
      nameservers: ['203.0.113.254'],
    },
    collections: {
      publicAddresses: [{ id: 'ip', address: publicAddress }],
      hosts: [
        {
          id: `nic-${host}`,
          mac: guestMac(network, host),
          address: `10.1.1.${host}`,
          name: `guest${host}`,
        },
      ],
      firewall: [opened('tcp', 8080), opened('udp', 9000)],
      egress: [],
      portForwards: [forward('tcp', 8080, 80), forward('udp', 9000, 9000)],
      staticNats: [],
    },
  };
}

function controlAddress(network: TestNetwork, number: number): string {
  return `169.254.${network.vlan % 250}.${number + 1}`;
}

function guestMac(network: TestNetwork, host: number): string {
  return `02:00:00:${pair(network.vlan)}:${hex(host, 2)}`;
}

function routerMac(network: TestNetwork): string {
  return `02:01:00:00:${pair(network.vlan)}`;
}

function pair(value: number): string {
  return `${hex(value >> 8, 2)}:${hex(value & 0xff, 2)}`;
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}
