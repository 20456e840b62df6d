import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import type { Place } from '../world/place.ts';
import { acquire, forward, open } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

describe('drift inside a router', () => {
  let world: World;
  let tenant: Api;
  let network: Answer;
  let address: Answer;
  let instance: Answer;
  let guest: Place;
  let router: Place;
  let routerId: string;

  beforeAll(async () => {
    world = await makeWorld('dr');
    tenant = await world.tenant('erin');
    network = await world.network(tenant, 'erin-net');
    instance = await world.deploy(tenant, 'web', network['id']);
    guest = await world.guest(instance);
    address = await acquire(tenant, network['id']);
    await forward(tenant, address, {
      to: instance,
      protocol: 'tcp',
      public: [7000, 7000],
      private: [7000, 7000],
    });
    await open(tenant, address, { protocol: 'tcp', first: 7000 });
    router = await world.router(network['id']);
    routerId = (await world.admin.one('listRouters', { networkid: network['id'], listall: true }))[
      'id'
    ];
  });

  afterAll(async () => {
    await world?.remove();
  });

  const ruleset = async (): Promise<string> =>
    (await router.run(['nft', '-s', 'list', 'ruleset'])).trim();
  /** Runs `damage`, then waits until the ruleset is as before and an alert of this router newer than the damage is there. */
  async function repaired(
    damage: () => Promise<unknown>,
    mended: () => Promise<boolean>,
  ): Promise<void> {
    const alerts = new Set(
      (await world.admin.list('listAlerts', { pagesize: 500 })).map(alert => alert['id'] as string),
    );
    const logged = (await router.run(['cat', '/var/log/cloud.log'])).length;
    await damage();
    await until('the router to be repaired', mended, world.pace.repairMs);
    await until(
      'the alert',
      async () =>
        (await world.admin.list('listAlerts', { pagesize: 500 })).some(
          alert => !alerts.has(alert['id']),
        ),
      60_000,
    );
    expect((await router.run(['cat', '/var/log/cloud.log'])).length).toBeGreaterThan(logged);
    const same = await world.admin.one('listRouters', { networkid: network['id'], listall: true });
    expect(same).toMatchObject({ id: routerId, state: 'Running' });
  }

  it('a rule deleted by hand comes back', async () => {
    const server = await guest.serve('tcp-server', 7000);
    const before = await ruleset();
    await repaired(
      () =>
        router.run([
          'nft',
          'delete',
          'element',
          'ip',
          'isola',
          'pf',
          `{ ${address['ipaddress']} . tcp . 7000 }`,
        ]),
      async () => (await ruleset()) === before,
    );
    expect((await world.internet.outside.tcp(address['ipaddress'], 7000)).ok).toBe(true);
    await server.end();
  });

  it('a rule added by hand goes', async () => {
    const before = await ruleset();
    await repaired(
      () => router.run(['nft', 'insert', 'rule', 'ip', 'isola', 'forward', 'accept']),
      async () => (await ruleset()) === before,
    );
  });

  it('a whole table flushed comes back', async () => {
    const before = await ruleset();
    await repaired(
      () => router.run(['nft', 'flush', 'ruleset']),
      async () => (await ruleset()) === before,
    );
  });

  it('a foreign table goes', async () => {
    const before = await ruleset();
    await repaired(
      () => router.run(['nft', 'add', 'table', 'inet', 'mine']),
      async () => (await ruleset()) === before,
    );
  });

  it('an edited file is written again', async () => {
    const file = '/etc/dnsmasq.conf';
    const before = await router.run(['cat', file]);
    await repaired(
      () => router.run(['sh', '-c', 'echo "# edited" >> "$0"', file]),
      async () => (await router.run(['cat', file])) === before,
    );
  });

  it('a name deleted by hand is served again', async () => {
    const folder = '/etc/isola/dns-hosts';
    const [file = ''] = (await router.run(['ls', folder])).trim().split('\n');
    const before = await router.run(['cat', `${folder}/${file}`]);
    await repaired(
      () => router.run(['rm', `${folder}/${file}`]),
      async () => (await router.tryRun(['cat', `${folder}/${file}`])).stdout === before,
    );
  });

  it('a killed daemon runs again', async () => {
    const before = (await router.run(['pidof', 'dnsmasq'])).trim();
    await repaired(
      () => router.run(['sh', '-c', `kill -9 ${before}`]),
      async () => {
        const now = (await router.tryRun(['pidof', 'dnsmasq'])).stdout.trim();
        return now !== '' && now !== before;
      },
    );
    const inside = await world.inside(instance);
    await until('the name to be served', async () =>
      (await inside.tryRun(['nslookup', 'web'])).stdout.includes(instance['nic'][0].ipaddress),
    );
  });

  it('an operator finds what the handbook says', async () => {
    expect(await router.run(['ip', 'addr', 'show'])).toMatch(/eth0[\s\S]*eth1[\s\S]*eth2/);
    expect(await router.run(['tail', '/var/log/cloud.log'])).not.toBe('');
    expect(await router.run(['cat', '/var/log/router.log'])).not.toBe('');
    expect(await router.run(['iptables', '-t', 'nat', '-S'])).toMatch(
      new RegExp(
        `-A .* -d ${String(address['ipaddress']).replaceAll('.', '\\.')}.*--dport 7000 .*DNAT --to-destination`,
      ),
    );
    expect(await router.run(['iptables', '-L', '-n', '-v'])).toContain('Chain');
    const written = await router.tryRun(['iptables', '-A', 'FORWARD', '-j', 'ACCEPT']);
    expect(written.code).not.toBe(0);
    expect(written.stderr + written.stdout).toMatch(/API/);
    expect((await router.run(['pidof', 'dnsmasq'])).trim()).toMatch(/^\d+/);
  });

  it('a router cut from its control link is shown as unmanageable and catches up', async () => {
    const cable = await world.controlCable(network['id']);
    await world.host.run(['ip', 'link', 'set', cable, 'down']);
    await until(
      'the alert flag',
      async () =>
        JSON.stringify(await world.admin.one('listRouters', { id: routerId })).includes(
          'Unmanageable',
        ),
      30_000,
    );
    expect(await world.admin.one('listRouters', { id: routerId })).toMatchObject({
      state: 'Running',
    });
    const rule = await tenant.call('createFirewallRule', {
      ipaddressid: address['id'],
      protocol: 'tcp',
      startport: 7999,
      endport: 7999,
      cidrlist: '0.0.0.0/0',
    });
    const server = await guest.serve('tcp-server', 7000);
    expect((await world.internet.outside.tcp(address['ipaddress'], 7000)).ok).toBe(true);
    await server.end();
    await world.host.run(['ip', 'link', 'set', cable, 'up']);
    await tenant.wait('createFirewallRule', rule['jobid'], 60_000);
    await until(
      'the flag to go',
      async () =>
        !JSON.stringify(await world.admin.one('listRouters', { id: routerId })).includes(
          'Unmanageable',
        ),
      30_000,
    );
  });
});
