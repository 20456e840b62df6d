import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { allowEgress } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

describe('two tenants with the same addresses', () => {
  let world: World;
  let tenants: {
    api: Api;
    network: Answer;
    instances: Answer[];
    guests: Place[];
    sourceNat: string;
  }[];

  beforeAll(async () => {
    world = await makeWorld('is');
    tenants = [];
    for (const name of ['alice', 'bob']) {
      const api = await world.tenant(name);
      const network = await world.network(api, `${name}-net`, {
        gateway: '10.1.1.1',
        netmask: '255.255.255.0',
      });
      const instances: Answer[] = [];
      for (const number of [1, 2])
        instances.push(await world.deploy(api, `${name}${number}`, network['id']));
      await allowEgress(api, network['id']);
      const guests = await Promise.all(instances.map(instance => world.guest(instance)));
      const address = await api.one('listPublicIpAddresses', {
        associatednetworkid: network['id'],
        issourcenat: true,
      });
      tenants.push({ api, network, instances, guests, sourceNat: address['ipaddress'] });
    }
  });

  afterAll(async () => {
    await world?.remove();
  });

  const tenant = (index: number): (typeof tenants)[number] => {
    const found = tenants[index];
    if (found === undefined) throw new Error(`no tenant ${index}`);
    return found;
  };
  const guest = (index: number, number: number): Place => {
    const found = tenant(index).guests[number];
    if (found === undefined) throw new Error(`no guest ${number}`);
    return found;
  };
  const addressOf = (index: number, number: number): string =>
    tenant(index).instances[number]?.['nic'][0].ipaddress as string;

  it('gives each guest its lease, its router as gateway and its name', async () => {
    for (const [index, name] of ['alice', 'bob'].entries()) {
      expect(await guest(index, 0).run(['ip', 'route'])).toContain('default via 10.1.1.1');
      const shown = await tenant(index).api.one('listVirtualMachines', { name: `${name}1` });
      const inside = await world.inside(shown);
      expect((await inside.run(['hostname'])).trim()).toBe(`${name}1`);
      const lookup = await inside.run(['nslookup', `${name}2`]);
      expect(lookup).toContain(addressOf(index, 1));
    }
  });

  it('lets each out through its own source NAT address', async () => {
    const server = await world.internet.outside.serve('tcp-server', 7000);
    const seen = await Promise.all(
      [guest(0, 0), guest(1, 0)].map(place => place.tcp(internet.outside, 7000)),
    );
    await server.end();
    expect(seen).toEqual(
      [
        { ok: true, peer: tenant(0).sourceNat },
        { ok: true, peer: tenant(1).sourceNat },
      ].map(({ ok, peer }) => ({ ok, peer: expect.stringContaining(peer) })),
    );
    expect(tenant(0).sourceNat).not.toBe(tenant(1).sourceNat);
  });

  it('resolves and fetches by name', async () => {
    const shown = await tenant(0).api.one('listVirtualMachines', { name: 'alice1' });
    const inside = await world.inside(shown);
    expect(await inside.run(['wget', '-q', '-O', '-', `http://${internet.webName}/`])).toContain(
      'internet',
    );
  });

  it('keeps one tenant from the other', async () => {
    // Bob's second guest listens; Alice's network has a guest of the same address, so what answers must be Alice's own.
    expect(addressOf(0, 1)).toBe(addressOf(1, 1));
    const server = await guest(1, 1).serve('tcp-server', 7001);
    const own = await guest(1, 0).tcp(addressOf(1, 1), 7001);
    const strange = await guest(0, 0).tcp(addressOf(1, 1), 7001);
    const throughPublic = await guest(0, 0).tcp(tenant(1).sourceNat, 7001);
    await server.end();
    expect(own.ok).toBe(true);
    expect(strange.ok).toBe(false);
    expect(throughPublic.ok).toBe(false);
  });

  it('stops spoofed ARP', async () => {
    const liar = guest(0, 0);
    await liar.run(['ip', 'addr', 'add', '10.1.1.1/32', 'dev', 'lo']);
    const announce = (address: string): Promise<unknown> =>
      liar.tryRun(['arping', '-A', '-c', '2', '-w', '2', '-I', 'eth0', '-s', address, address]);
    const own = await guest(0, 1).captured(`arp and src host ${addressOf(0, 0)}`, () =>
      announce(addressOf(0, 0)),
    );
    const spoofed = await guest(0, 1).captured('arp and src host 10.1.1.1 and arp[7] = 2', () =>
      announce('10.1.1.1'),
    );
    await liar.run(['ip', 'addr', 'del', '10.1.1.1/32', 'dev', 'lo']);
    expect(own.length).toBeGreaterThan(0);
    expect(spoofed).toEqual([]);
  });

  it('stops spoofed source addresses', async () => {
    const liar = guest(0, 0);
    await liar.run(['ip', 'addr', 'add', '10.1.1.99/32', 'dev', 'eth0']);
    const ping = (source: string): Promise<unknown> =>
      liar.tryRun(['ping', '-c', '1', '-W', '1', '-I', source, addressOf(0, 1)]);
    const own = await guest(0, 1).captured(`icmp and src ${addressOf(0, 0)}`, () =>
      ping(addressOf(0, 0)),
    );
    const spoofed = await guest(0, 1).captured('icmp and src 10.1.1.99', () => ping('10.1.1.99'));
    await liar.run(['ip', 'addr', 'del', '10.1.1.99/32', 'dev', 'eth0']);
    expect(own.length).toBeGreaterThan(0);
    expect(spoofed).toEqual([]);
  });

  it('stops another MAC address', async () => {
    const liar = guest(0, 1);
    const mac = JSON.parse(await liar.run(['ip', '-j', 'link', 'show', 'eth0']))[0]
      .address as string;
    await liar.run(['ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:be:ef']);
    expect(await liar.ping('10.1.1.1')).toBe(false);
    await liar.run(['ip', 'link', 'set', 'eth0', 'address', mac]);
    expect(await liar.ping('10.1.1.1')).toBe(true);
  });

  it('stops a DHCP server in a guest', async () => {
    const liar = guest(0, 0);
    const victim = guest(0, 1);
    await liar.tryRun(['ip', 'route', 'add', '255.255.255.255/32', 'dev', 'eth0']);
    const plain = await victim.captured('udp port 7777', () =>
      liar.send(addressOf(0, 1), 7777, 7777),
    );
    const offered = await victim.captured('udp src port 67', () =>
      liar.send('255.255.255.255', 68, 67),
    );
    const direct = await victim.captured('udp src port 67', () =>
      liar.send(addressOf(0, 1), 68, 67),
    );
    expect(plain.length).toBeGreaterThan(0);
    expect([...offered, ...direct]).toEqual([]);
  });

  it('keeps guests from the control link and the host', async () => {
    for (const target of ['169.254.0.1', internet.publicGateway]) {
      expect((await guest(0, 0).tcp(target, 8080, 700)).ok).toBe(false);
      expect((await guest(0, 0).tcp(target, 3922, 700)).ok).toBe(false);
    }
    const router = await world.admin.one('listRouters', {
      networkid: tenant(0).network['id'],
      listall: true,
    });
    expect((await guest(0, 0).tcp(router['linklocalip'], 3922, 700)).ok).toBe(false);
    expect((await guest(0, 0).tcp('10.1.1.1', 3922, 700)).ok).toBe(false);
    expect((await guest(0, 0).tcp('10.1.1.1', 8080, 700)).ok).toBe(false);
  });
});
