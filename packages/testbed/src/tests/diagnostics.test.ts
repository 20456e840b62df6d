import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { makeWorld, type World } from '../world/world.ts';

describe('what a router finds out for the operator', () => {
  let world: World;
  let tenant: Api;
  let instance: Answer;
  let targetid: string;

  beforeAll(async () => {
    world = await makeWorld('dg');
    tenant = await world.tenant('dora');
    const network = await world.network(tenant, 'dora-net');
    instance = await world.deploy(tenant, 'web', network['id']);
    await world.guest(instance);
    const router = await world.admin.one('listRouters', {
      networkid: network['id'],
      listall: true,
    });
    targetid = router['id'];
  });

  afterAll(async () => {
    await world?.remove();
  });

  const ask = (type: string, ipaddress: string, params = ''): Promise<Answer> =>
    world.admin.job('runDiagnostics', {
      targetid,
      type,
      ipaddress,
      ...(params === '' ? {} : { params }),
    });

  it('pings a guest that is there, and not one that is not', async () => {
    const address = instance['nic'][0].ipaddress as string;
    const found = await ask('ping', address, '-c 2 -n');
    expect(found).toMatchObject({ exitcode: '0', stderr: '' });
    expect(found['stdout']).toMatch(/2 packets transmitted, 2 received/);
    const missed = await ask('ping', '10.1.1.254', '-c 1 -W 1');
    expect(missed['exitcode']).toBe('1');
    expect(missed['stdout']).toMatch(/1 packets transmitted, 0 received/);
  });

  it('asks for a guest with ARP, on the port towards it', async () => {
    const { ipaddress, macaddress } = instance['nic'][0];
    const found = await ask('arping', ipaddress, '-c 1');
    expect(found['exitcode']).toBe('0');
    expect(found['stdout'].toLowerCase()).toContain(macaddress);
    expect((await ask('arping', ipaddress, '-c 1 -I eth2'))['exitcode']).toBe('1');
  });

  it('traces the way to a guest', async () => {
    const address = instance['nic'][0].ipaddress as string;
    const found = await ask('traceroute', address, '-n -m 5');
    expect(found['exitcode']).toBe('0');
    expect(found['stdout']).toMatch(new RegExp(`${address.replaceAll('.', '\\.')}.* reached`));
  });

  it('gives out its logs and rules', async () => {
    const { url } = await world.admin.job('getDiagnosticsData', { targetid });
    const archive = await world.admin.download(new URL(url).pathname);
    const text = gunzipSync(archive).toString('latin1');
    for (const name of ['nftables.txt', 'addresses.txt', 'routes.txt', 'var/log/cloud.log'])
      expect(text).toContain(name);
    expect(text).toContain('table ip isola');
    expect(text).toMatch(/apply generation \d+: ok/);
  });
});
