import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { type Running, until } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { acquire, allowEgress, forward, open } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

describe('established connections', () => {
  let world: World;
  let tenant: Api;
  let network: Answer;
  let guests: [Place, Place];
  let forwarded: Answer;
  let mapped: Answer;
  let servers: Running[] = [];

  beforeAll(async () => {
    world = await makeWorld('co');
    tenant = await world.tenant('dave');
    network = await world.network(tenant, 'dave-net');
    const web = await world.deploy(tenant, 'web', network['id']);
    const db = await world.deploy(tenant, 'db', network['id']);
    guests = [await world.guest(web), await world.guest(db)];
    await allowEgress(tenant, network['id']);
    forwarded = await acquire(tenant, network['id']);
    mapped = await acquire(tenant, network['id']);
    for (const protocol of ['tcp', 'udp'] as const) {
      await forward(tenant, forwarded, {
        to: web,
        protocol,
        public: [7000, 7000],
        private: [7000, 7000],
      });
      await open(tenant, forwarded, { protocol, first: 7000 });
      await open(tenant, mapped, { protocol, first: 7000 });
    }
    await tenant.call('enableStaticNat', { ipaddressid: mapped['id'], virtualmachineid: db['id'] });
    servers = await Promise.all(
      [guests[0], guests[1], world.internet.outside].flatMap(place => [
        place.serve('tcp-server', 7000),
        place.serve('udp-server', 7000),
      ]),
    );
  });

  afterAll(async () => {
    await Promise.all(servers.map(server => server.end()));
    await world?.remove();
  });

  /** TCP and UDP through port forward, static NAT and source NAT at once, while `action` runs. */
  async function across(
    action: () => Promise<unknown>,
  ): Promise<{ tcp: Record<string, unknown>[]; udp: Record<string, unknown>[] }> {
    const paths: [Place, string][] = [
      [world.internet.outside, forwarded['ipaddress']],
      [world.internet.outside, mapped['ipaddress']],
      [guests[0], internet.outside],
    ];
    const tcp = await Promise.all(paths.map(([from, to]) => from.holdTcp(to, 7000)));
    const udp = await Promise.all(
      paths.map(([from, to]) => from.streamUdp(to, 7000, world.pace.packetsPerSecond)),
    );
    await action();
    await delay(300);
    return {
      tcp: await Promise.all(tcp.map(each => each.end())),
      udp: await Promise.all(udp.map(each => each.end())),
    };
  }

  const alive = [1, 2, 3].map(() => expect.objectContaining({ alive: true }));
  const nothingLost = [1, 2, 3].map(() => expect.objectContaining({ lost: 0 }));

  it('are not touched by 100 other rules added and deleted', async () => {
    const result = await across(async () => {
      const rules = await Promise.all(
        Array.from(
          { length: 100 },
          async (_, index) =>
            await tenant.job('createFirewallRule', {
              ipaddressid: forwarded['id'],
              protocol: 'tcp',
              startport: 20000 + index,
              endport: 20000 + index,
              cidrlist: '0.0.0.0/0',
            }),
        ),
      );
      await Promise.all(rules.map(rule => tenant.job('deleteFirewallRule', { id: rule['id'] })));
    });
    expect(result.tcp).toEqual(alive);
    expect(result.udp).toEqual(nothingLost);
  });

  it('survive restartNetwork without cleanup', async () => {
    const result = await across(() =>
      tenant.job('restartNetwork', { id: network['id'], cleanup: false }),
    );
    expect(result.tcp).toEqual(alive);
    expect(result.udp).toEqual(nothingLost);
  });

  it('survive systemctl restart cloud-postinit', async () => {
    const router = await world.router(network['id']);
    const result = await across(() =>
      router.run(['systemctl', 'restart', 'cloud-postinit'], world.pace.repairMs),
    );
    expect(result.tcp).toEqual(alive);
    expect(result.udp).toEqual(nothingLost);
  });

  it('survive kill -9 and the restart of the server', async () => {
    const result = await across(async () => {
      await world.isola.killServer();
      await until(
        'the API to answer again',
        async () => (await tenant.list('listNetworks').catch(() => [])).length > 0,
        180_000,
      );
    });
    expect(result.tcp).toEqual(alive);
    expect(result.udp).toEqual(nothingLost);
  });

  it('survive an orderly stop and start of the server', async () => {
    const result = await across(async () => {
      await world.isola.stop();
      await world.isola.up();
    });
    expect(result.tcp).toEqual(alive);
    expect(result.udp).toEqual(nothingLost);
  });

  it('survive restartNetwork with cleanup; what is lost is counted', async () => {
    const before = await world.admin.one('listRouters', {
      networkid: network['id'],
      listall: true,
    });
    const result = await across(() =>
      tenant.job('restartNetwork', { id: network['id'], cleanup: true }),
    );
    const after = await world.admin.one('listRouters', { networkid: network['id'], listall: true });
    expect(after['id']).not.toBe(before['id']);
    expect(result.tcp).toEqual(alive);
    const lost = result.udp.map(stream => Number(stream['lost']));
    const sent = result.udp.map(stream => Number(stream['sent']));
    const { packetsPerSecond } = world.pace;
    process.stdout.write(
      `restart with cleanup: lost ${lost.join(', ')} of ${sent.join(', ')} packets (port forward, static NAT, source NAT) at ${packetsPerSecond}/s\n`,
    );
    // The swap itself loses nothing; a second of traffic is the bound beyond which it was no hand-over.
    for (const count of lost) expect(count).toBeLessThan(packetsPerSecond);
  });

  it('are cut when their forward goes, and only then', async () => {
    const rules = await tenant.list('listPortForwardingRules', { ipaddressid: forwarded['id'] });
    const rule = rules.find(each => each['protocol'] === 'tcp') ?? {};
    const held = await world.internet.outside.holdTcp(forwarded['ipaddress'], 7000);
    const other = await world.internet.outside.holdTcp(mapped['ipaddress'], 7000);
    await tenant.job('deletePortForwardingRule', { id: rule['id'] });
    await delay(world.pace.cutMs + 200);
    const [cut, kept] = [await held.end(), await other.end()];
    expect(Number(cut['longestStallMs'])).toBeGreaterThan(world.pace.cutMs);
    expect(kept).toMatchObject({ alive: true });
    expect(Number(kept['longestStallMs'])).toBeLessThan(world.pace.cutMs);
  });

  it('are cut when the egress rule that let them out goes, and only then', async () => {
    const rule = await tenant.one('listEgressFirewallRules', { networkid: network['id'] });
    const leaving = await guests[0].holdTcp(internet.outside, 7000);
    const entering = await world.internet.outside.holdTcp(mapped['ipaddress'], 7000);
    await tenant.job('deleteEgressFirewallRule', { id: rule['id'] });
    await delay(world.pace.cutMs + 200);
    const [cut, kept] = [await leaving.end(), await entering.end()];
    expect(Number(cut['longestStallMs'])).toBeGreaterThan(world.pace.cutMs);
    expect(kept).toMatchObject({ alive: true });
    expect(Number(kept['longestStallMs'])).toBeLessThan(world.pace.cutMs);
  });
});
