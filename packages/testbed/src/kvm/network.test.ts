import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import { allowEgress } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

let world: World;
let tenant: Api;
let network: Answer;
let instance: Answer;
let address: Answer;
let keys: string;

/** Emulated machines boot in tens of seconds. */
const patience = 300_000;

const tiny = { templatefilter: 'executable', name: 'isola-tiny' };

const since = (begin: number): string => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function forward(publicPort: number, privatePort: number): Promise<void> {
  await tenant.job('createPortForwardingRule', {
    ipaddressid: address['id'],
    protocol: 'tcp',
    publicport: publicPort,
    privateport: privatePort,
    virtualmachineid: instance['id'],
    openfirewall: true,
  });
}

const page = (): Promise<string | false> =>
  world.internet.outside
    .tryRun(['curl', '-s', '-m', '5', `http://${address['ipaddress']}:8080/`])
    .then(({ code, stdout }) => code === 0 && stdout.trim());

beforeAll(async () => {
  keys = await mkdtemp('/var/tmp/isola-keys-');
  world = await makeWorld('kvm');
  tenant = await world.tenant('alice');
});
afterAll(async () => {
  await rm(keys, { recursive: true, force: true });
  await world.remove();
});

describe('a network whose router and guests are virtual machines', () => {
  it('is made of the templates that the installation built', async () => {
    expect(await world.admin.one('listHosts', { type: 'Routing' })).toMatchObject({
      hypervisor: 'KVM',
      state: 'Up',
    });
    const { templatetype } = await tenant.one('listTemplates', tiny);
    expect(templatetype).toBe('BUILTIN');
  });

  it('deploys an instance behind a router', async () => {
    const pair = await tenant.call('createSSHKeyPair', { name: 'mine' });
    await writeFile(join(keys, 'key'), pair['keypair'].privatekey as string, { mode: 0o600 });
    network = await world.network(tenant, 'first');
    const begin = performance.now();
    instance = await tenant.job(
      'deployVirtualMachine',
      {
        name: 'web',
        zoneid: network['zoneid'],
        templateid: (await tenant.one('listTemplates', tiny))['id'],
        serviceofferingid: (await tenant.one('listServiceOfferings', { name: 'Small Instance' }))[
          'id'
        ],
        networkids: network['id'],
        keypair: 'mine',
      },
      patience,
    );
    say(`network and instance: ${since(begin)}`);
    expect(instance['state']).toBe('Running');
  });

  it('gives it a lease and lets the internet reach it', async () => {
    const begin = performance.now();
    address = (await tenant.job('associateIpAddress', { networkid: network['id'] })) as Answer;
    await forward(8080, 80);
    expect(await until('the page', page, patience)).toBe('web');
    say(`instance to page: ${since(begin)}`);
    await forward(2222, 22);
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes'];
    const ssh = ['ssh', '-i', join(keys, 'key'), ...options.flatMap(option => ['-o', option])];
    const inside = (command: string): Promise<string> =>
      world.internet.outside.run([...ssh, '-p', '2222', `root@${address['ipaddress']}`, command]);
    expect((await inside('hostname')).trim()).toBe('web');
    expect(await inside('ip -4 addr show eth0')).toContain(`${instance['nic'][0].ipaddress}/24`);
    await allowEgress(tenant, network['id']);
    expect(await inside('wget -q -O - http://198.51.100.80/')).not.toBe('');
  });

  it('has a router that an operator can enter', async () => {
    const { name } = await world.admin.one('listRouters', {
      networkid: network['id'],
      listall: true,
    });
    const shown = await world.isola.command('ssh', name, '--', 'ip', '-br', '-4', 'addr', 'show');
    expect(shown).toContain('10.1.1.1/24');
  });

  it('starts another router from the memory of a warm one', async () => {
    const other = await world.network(tenant, 'second');
    const begin = performance.now();
    const second = await world.deploy(tenant, 'second', other['id']);
    say(`second network and instance: ${since(begin)}`);
    expect(second['state']).toBe('Running');
    const guest = await world.guest(second);
    say(`second network to lease: ${since(begin)}`);
    await allowEgress(tenant, other['id']);
    const server = await world.internet.outside.serve('tcp-server', 7000);
    const seen = await guest.tcp(internet.outside, 7000, 20_000);
    await server.end();
    const sourceNat = await tenant.one('listPublicIpAddresses', {
      associatednetworkid: other['id'],
      issourcenat: true,
    });
    expect(seen).toMatchObject({ ok: true, peer: expect.stringContaining(sourceNat['ipaddress']) });
  });

  it('comes back when the router dies', async () => {
    const begin = performance.now();
    await world.killRouter(network['id']);
    expect(await until('the page', page, patience)).toBe('web');
    say(`dead router to page: ${since(begin)}`);
  });

  it('goes on while the server is away, and after it came back', async () => {
    await world.isola.stop();
    expect(await page()).toBe('web');
    await world.isola.up();
    expect(await page()).toBe('web');
  });
});
