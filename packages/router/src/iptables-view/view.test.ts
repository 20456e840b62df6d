import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counters } from '../counters.ts';
import { compileElements } from '../nftables/elements.ts';
import { Ruleset } from '../nftables/ruleset.ts';
import { canMakeNamespaces, makeNamespace, testHeader } from '../testing.ts';
import { parseArguments, renderView } from './view.ts';

describe('arguments of iptables', () => {
  it('that list are understood', () => {
    expect(parseArguments(['-t', 'nat', '-S'])).toMatchObject({ table: 'nat', form: 'rules' });
    expect(parseArguments(['-vnL'])).toMatchObject({
      table: 'filter',
      form: 'list',
      verbose: true,
    });
    expect(parseArguments(['-L', 'INPUT', '-n'])).toMatchObject({ chain: 'INPUT' });
  });

  it('that would write, or mean nothing, are refused', () => {
    for (const text of [
      '-A INPUT -j ACCEPT',
      '-F',
      '-t nat -F',
      '-P INPUT ACCEPT',
      '-D INPUT 1',
      '',
      '-t security -S',
      '-I FORWARD -j ACCEPT -L',
    ]) {
      expect(parseArguments(text.split(' '))).toBeNull();
    }
  });
});

describe.skipIf(!canMakeNamespaces)('the rules in iptables form', () => {
  let namespace: ReturnType<typeof makeNamespace>;
  beforeEach(() => {
    namespace = makeNamespace();
  });
  afterEach(() => namespace.remove());

  it('are those of the kernel, foreign ones too', async () => {
    const { programs } = namespace;
    const ruleset = new Ruleset({ programs, folder: tmpdir(), counters: new Counters() });
    const wanted = compileElements(
      {
        publicAddresses: [{ id: 'a', address: '203.0.113.10' }],
        hosts: [],
        firewall: [
          {
            id: 'f',
            publicAddress: '203.0.113.10',
            match: { protocol: 'tcp', ports: { first: 80, last: 90 } },
            sources: ['192.0.2.0/24'],
          },
          {
            id: 'g',
            publicAddress: '203.0.113.10',
            match: { protocol: 'icmp', type: 8, code: -1 },
            sources: ['0.0.0.0/0'],
          },
        ],
        egress: [],
        portForwards: [
          {
            id: 'p',
            publicAddress: '203.0.113.10',
            protocol: 'udp',
            publicPorts: { first: 53, last: 53 },
            guestAddress: '10.1.1.7',
            guestPorts: { first: 5353, last: 5353 },
          },
          {
            id: 'q',
            publicAddress: '203.0.113.10',
            protocol: 'tcp',
            publicPorts: { first: 80, last: 90 },
            guestAddress: '10.1.1.7',
            guestPorts: { first: 80, last: 90 },
          },
        ],
        staticNats: [],
      },
      testHeader,
    );
    await ruleset.begin(wanted, testHeader);
    ruleset.close();
    await programs.run(['nft', 'add', 'rule', 'ip', 'isola', 'input', 'meta', 'mark', '7', 'drop']);
    const view = async (table: string): Promise<string[]> =>
      (await renderView(programs.run, { table, form: 'rules', chain: null, verbose: false })).split(
        '\n',
      );
    expect(await view('nat')).toEqual(
      expect.arrayContaining([
        '-A PREROUTING -d 203.0.113.10/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.1.1.7:5353',
        '-A PREROUTING -d 203.0.113.10/32 -p tcp -m tcp --dport 80:90 -j DNAT --to-destination 10.1.1.7',
        '-A POSTROUTING -s 10.1.1.0/24 -o eth2 -j SNAT --to-source 203.0.113.10',
      ]),
    );
    expect(await view('mangle')).toEqual(
      expect.arrayContaining([
        '-A fw_port -s 192.0.2.0/24 -d 203.0.113.10/32 -p tcp -m tcp --dport 80:90 -j ACCEPT',
        '-A public_firewall -j DROP',
      ]),
    );
    const filter = await view('filter');
    expect(filter).toContain('-P FORWARD DROP');
    expect(filter.filter(line => line.includes('nft: '))).toHaveLength(1);
  }, 30_000);
});
