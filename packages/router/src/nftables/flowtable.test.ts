import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Collections } from '@isola/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutFlows } from '../conntrack/cut.ts';
import { Counters } from '../counters.ts';
import { canMakeNamespaces, eventually, makeNamespace, testHeader } from '../testing.ts';
import { renderChains } from './chains.ts';
import { compileElements } from './elements.ts';
import {
  compareFlowtables,
  flowtableDeclaration,
  offloadRule,
  usesFlowtable,
} from './flowtable.ts';
import { parseRuleset } from './read-ruleset.ts';
import { Ruleset } from './ruleset.ts';

/** As nftables 1.0.6 and 1.1 list it. */
const listing = (devices: string): string =>
  `table ip isola {\n\tflowtable flows {\n\t\thook ingress priority 0\n${devices}\t}\n\n\tchain forward {\n\t\tcounter packets 0 bytes 0\n\t}\n}\n`;

function flowtablesOf(text: string) {
  return parseRuleset(text)[0]?.flowtables ?? new Map();
}

describe('the flow table', () => {
  it('is used by the forward chain where the kernel has it, and by none otherwise', () => {
    const [with_, without] = [true, false].map(offload =>
      renderChains(testHeader, { lanes: {}, offload }),
    );
    expect(with_?.get('forward')?.rules[0]).toBe(offloadRule);
    expect(usesFlowtable(with_ ?? new Map())).toBe(true);
    expect(usesFlowtable(without ?? new Map())).toBe(false);
  });

  it('is right with any of its NICs, and wrong with others, another hook or another name', () => {
    for (const devices of ['', '\t\tdevices = { eth1 }\n', '\t\tdevices = { "eth1", "eth2" }\n'])
      expect(compareFlowtables(flowtablesOf(listing(devices)), true)).toEqual([]);
    expect(compareFlowtables(flowtablesOf(listing('\t\tdevices = { eth0 }\n')), true)).toEqual([
      'foreign device eth0 in flows',
    ]);
    const other = listing('').replace('priority 0', 'priority 10');
    expect(compareFlowtables(flowtablesOf(other), true)).toEqual([
      'flowtable flows is declared otherwise',
    ]);
    expect(compareFlowtables(flowtablesOf(listing('').replace('flows', 'mine')), true)).toEqual([
      'foreign flowtable mine',
      'flowtable flows is missing',
    ]);
    expect(compareFlowtables(flowtablesOf(listing('')), false)).toEqual([
      'foreign flowtable flows',
    ]);
  });
});

describe('TCP segments', () => {
  it('are clamped to the smaller side, where the sides differ', () => {
    const rulesFor = (guest: number, outside: number): readonly string[] => {
      const side = testHeader.public === null ? null : { ...testHeader.public, mtu: outside };
      const header = { ...testHeader, guest: { ...testHeader.guest, mtu: guest }, public: side };
      return renderChains(header, { lanes: {}, offload: false }).get('forward')?.rules ?? [];
    };
    const clamp = 'tcp flags & (syn | rst) == syn tcp option maxseg size set';
    expect(rulesFor(8950, 1500)[0]).toBe(`${clamp} 1460`);
    expect(rulesFor(1450, 1500)[0]).toBe(`${clamp} 1410`);
    expect(rulesFor(1500, 1500).join()).not.toContain('maxseg');
  });
});

/** Sends a numbered datagram every two milliseconds, says every number that came back. */
const sender = `const s = require('dgram').createSocket('udp4'); let n = 0;
s.on('message', m => process.stdout.write(m + '\\n'));
setInterval(() => s.send(String(++n), 5000, '203.0.113.10'), 2);`;
const echo = `const s = require('dgram').createSocket('udp4'); s.on('message', (m, from) => s.send(m, from.port, from.address)); s.bind(5000, '10.1.1.7');`;

const udp = { protocol: 'udp' as const, ports: { first: 5000, last: 5000 } };
const items: Collections = {
  publicAddresses: [{ id: 'a', address: '203.0.113.10' }],
  hosts: [],
  firewall: [{ id: 'f', publicAddress: '203.0.113.10', match: udp, sources: ['0.0.0.0/0'] }],
  egress: [],
  portForwards: [
    {
      id: 'p',
      publicAddress: '203.0.113.10',
      protocol: 'udp',
      publicPorts: udp.ports,
      guestAddress: '10.1.1.7',
      guestPorts: udp.ports,
    },
  ],
  staticNats: [],
};

describe.skipIf(!kernelHasFlowtables())('a kernel with flow tables', () => {
  let namespaces: Record<'router' | 'guest' | 'outside', ReturnType<typeof makeNamespace>>;
  let rules: Ruleset;
  const nics = ['eth0', 'eth1', 'eth2'];

  async function inside(where: keyof typeof namespaces, text: string): Promise<string> {
    const { code, stdout, stderr } = await namespaces[where].programs.run(text.split(' '));
    if (code !== 0) throw new Error(`${text}: ${stderr}`);
    return stdout;
  }
  async function plug(nic: 'eth1' | 'eth2'): Promise<void> {
    const [where, address] =
      nic === 'eth1'
        ? (['guest', '10.1.1.1/24'] as const)
        : (['outside', '203.0.113.10/24'] as const);
    const peer = `peer name eth0 netns ${namespaces[where].name}`;
    await inside('router', `ip link add ${nic} type veth ${peer}`);
    await inside('router', `ip addr add ${address} dev ${nic}`);
    await inside('router', `ip link set ${nic} up`);
    const own = nic === 'eth1' ? '10.1.1.7/24' : '203.0.113.1/24';
    await inside(where, `ip addr add ${own} dev eth0`);
    await inside(where, 'ip link set eth0 up');
    if (nic === 'eth1') await inside(where, 'ip route add default via 10.1.1.1');
  }
  const devices = async (): Promise<readonly string[]> => {
    const [table] = parseRuleset(await inside('router', 'nft -n -s list ruleset'));
    return table?.flowtables.get('flows')?.devices.toSorted() ?? [];
  };

  beforeAll(async () => {
    namespaces = { router: makeNamespace(), guest: makeNamespace(), outside: makeNamespace() };
    await inside('router', 'sysctl -qw net.ipv4.ip_forward=1');
    rules = new Ruleset({
      programs: namespaces.router.programs,
      folder: tmpdir(),
      counters: new Counters(),
    });
    await rules.begin(compileElements(items, testHeader), testHeader);
  });
  afterAll(() => {
    rules.close();
    for (const namespace of Object.values(namespaces)) namespace.remove();
  });

  it('takes NICs in as they are plugged in, in any order and again, and calls none of it drift', async () => {
    expect((await rules.compare()).details).toEqual([]);
    await plug('eth2');
    await rules.offload(['eth0', 'eth2']);
    expect(await devices()).toEqual(['eth2']);
    await plug('eth1');
    await rules.offload(nics);
    expect(await devices()).toEqual(['eth1', 'eth2']);
    expect(await rules.compare()).toEqual({ details: [], ops: [], mismatch: null });
    await inside('router', 'ip link del eth2');
    expect((await rules.compare()).details).toEqual([]);
    expect(await devices()).toEqual(['eth1']);
    await plug('eth2');
    await rules.offload(nics);
    expect(await devices()).toEqual(['eth1', 'eth2']);
  });

  it('is repaired with its NICs when somebody changed it', async () => {
    const table = 'ip isola';
    for (const damage of [
      `nft add flowtable ${table} flows { hook ingress priority filter; devices = { lo }; }`,
      `nft delete table ${table}`,
      `nft add flowtable ${table} mine { hook ingress priority filter; devices = { lo }; }`,
    ]) {
      await inside('router', damage);
      const found = await rules.compare();
      expect(found.details, damage).not.toEqual([]);
      expect(found.mismatch).toBeNull();
      await rules.offload(nics);
      expect(await devices()).toEqual(['eth1', 'eth2']);
      expect((await rules.compare()).details).toEqual([]);
    }
  });

  it('takes connections over, and lets go of them when they are cut', async () => {
    const server = namespaces.guest.programs.start([process.execPath, '-e', echo]);
    const client = namespaces.outside.programs.start([process.execPath, '-e', sender]);
    let last = 0;
    client.stdout?.on('data', (text: Buffer) => {
      last = Number(text.toString().trim().split('\n').at(-1));
    });
    try {
      const tracked = 'conntrack -L -p udp --orig-port-dst 5000';
      await eventually(async () =>
        (await inside('router', tracked)).includes('[OFFLOAD]') ? true : null,
      );
      const before = last;
      await eventually(() => Promise.resolve(last > before + 20 ? true : null));
      const elements = compileElements(items, testHeader);
      const left = compileElements({ ...items, firewall: [] }, testHeader);
      await rules.write(rules.prepare(elements, left, testHeader));
      const cut = await cutFlows({
        run: namespaces.router.programs.run,
        store: rules.store,
        header: testHeader,
        folder: tmpdir(),
        inbound: ['203.0.113.10'],
        outbound: [],
      });
      expect(cut).toBe(1);
      // What was on its way when the flow was cut is there by now; nothing follows it.
      await inside('outside', 'sleep 0.1');
      const atCut = last;
      await inside('outside', 'sleep 1.5');
      expect(last).toBe(atCut);
      await rules.write(rules.prepare(left, elements, testHeader));
      await eventually(() => Promise.resolve(last > atCut ? true : null));
    } finally {
      server.kill('SIGKILL');
      client.kill('SIGKILL');
    }
  });
});

function kernelHasFlowtables(): boolean {
  if (!canMakeNamespaces) return false;
  const chain = `  chain c {\n    ${offloadRule}\n  }`;
  const table = ['table ip t {', ...flowtableDeclaration, chain, '}', ''].join('\n');
  try {
    execFileSync('unshare', ['--net', 'nft', '-f', '-'], { input: table, stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
