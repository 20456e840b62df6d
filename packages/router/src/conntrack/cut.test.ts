import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ElementStore } from '../nftables/element-store.ts';
import { compileElements } from '../nftables/elements.ts';
import type { Run } from '../system/run.ts';
import { testHeader } from '../testing.ts';
import { cutFlows } from './cut.ts';
import { parseFlow } from './flow.ts';
import { admitsOutbound, affectedAddresses } from './verdict.ts';

const PUBLIC = '203.0.113.10';

function flow(source: string, sourcePort: number, port: number): string {
  return `udp      17 29 src=${source} dst=${PUBLIC} sport=${sourcePort} dport=${port} src=10.1.1.7 dst=${source} sport=${port} dport=${sourcePort} mark=0 use=1\n`;
}

/** Cuts what this table has and an empty configuration but for `sources`, to whom port 53 is open, does not let in. */
async function deletionsFor(table: string, sources: string[]): Promise<string[]> {
  const ports = { first: 53, last: 53 };
  const match = { protocol: 'udp' as const, ports };
  const items = {
    publicAddresses: [{ id: 'a', address: PUBLIC }],
    hosts: [],
    firewall: [{ id: 'f', publicAddress: PUBLIC, match, sources }],
    egress: [],
    portForwards: [
      {
        id: 'p',
        publicAddress: PUBLIC,
        protocol: 'udp' as const,
        publicPorts: ports,
        guestAddress: '10.1.1.7',
        guestPorts: ports,
      },
    ],
    staticNats: [],
  };
  const store = new ElementStore();
  store.change([], compileElements(items, testHeader));
  let lines = '';
  const run: Run = ([, option, file = '']) => {
    if (option === '--load-file') lines = readFileSync(file, 'utf8');
    return Promise.resolve({ code: 0, stdout: option === '-L' ? table : '', stderr: '' });
  };
  const common = { run, store, header: testHeader, folder: tmpdir() };
  await cutFlows({ ...common, inbound: [PUBLIC], outbound: [] });
  return lines.split('\n').filter(line => line !== '');
}

describe('the connections that are ended', () => {
  it('go in one deletion a port, however many there are', async () => {
    let table = '';
    for (let n = 0; n < 150_000; n += 1) {
      table += flow(`198.51.${100 + Math.floor(n / 50_000)}.7`, n % 50_000, 53 + (n % 2));
    }
    expect(await deletionsFor(table, [])).toEqual([
      `-D -d ${PUBLIC} -p 17 --dport 53`,
      `-D -d ${PUBLIC} -p 17 --dport 54`,
    ]);
  });

  it('go one by one where others of the port stay', async () => {
    const table = flow('192.0.2.7', 4000, 53) + flow('198.51.100.7', 4001, 53);
    expect(await deletionsFor(table, ['192.0.2.0/24'])).toEqual([
      `-D -s 198.51.100.7 -d ${PUBLIC} -p 17 --sport 4001 --dport 53`,
    ]);
  });

  it('are an error when they cannot be read', async () => {
    const run: Run = () => Promise.resolve({ code: 128, stdout: '', stderr: 'killed' });
    const common = { run, store: new ElementStore(), header: testHeader, folder: tmpdir() };
    await expect(cutFlows({ ...common, inbound: [PUBLIC], outbound: [] })).rejects.toThrow(
      'killed',
    );
  });
});

describe('a connection to the outside', () => {
  const flow = parseFlow(
    'tcp      6 60 ESTABLISHED src=10.1.1.7 dst=192.0.2.7 sport=4000 dport=80 src=192.0.2.7 dst=203.0.113.10 sport=80 dport=4000 mark=0 use=1',
  );
  const web = {
    id: 'e',
    match: { protocol: 'tcp' as const, ports: { first: 80, last: 80 } },
    sources: ['10.1.1.0/24'],
    destinations: ['192.0.2.0/24'],
  };
  const none = {
    publicAddresses: [],
    hosts: [],
    firewall: [],
    portForwards: [],
    staticNats: [],
  };

  it.each([
    { egressDefault: 'deny', exceptions: 0, admitted: false },
    { egressDefault: 'deny', exceptions: 1, admitted: true },
    { egressDefault: 'allow', exceptions: 0, admitted: true },
    { egressDefault: 'allow', exceptions: 1, admitted: false },
  ] as const)('$egressDefault with $exceptions exceptions: $admitted', each => {
    const header = { ...testHeader, egressDefault: each.egressDefault, sourceNat: PUBLIC };
    const store = new ElementStore();
    const elements = compileElements({ ...none, egress: [web] }, header);
    const added = store.change([], each.exceptions === 1 ? elements : []);
    if (flow === null) throw new Error('the flow does not parse');
    expect(admitsOutbound(store, header, flow)).toBe(each.admitted);
    const changed = each.exceptions === 1 ? added : store.change([], elements);
    const looked = affectedAddresses(changed.ops, { store, header }).outbound;
    expect(looked).toEqual(each.egressDefault === 'allow' ? [PUBLIC] : []);
  });
});
