import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../machines/lab.ts';
import type { Machine } from '../machines/machine.ts';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { hostSiteHome, makeHostSite } from '../world/host-site.ts';
import { guestTemplate, systemTemplate } from '../world/templates.ts';
import { makeWorld, type World } from '../world/world.ts';
import { fillDisk } from './full-disk.ts';

/** A disk of a file server's, which it exports: large enough for the templates that the test puts there. */
const disk = '/srv/images.raw';
const exported = '/srv/images';
const storeUrl = `nfs://10.201.0.1${exported}`;

const importFolder = join(hostSiteHome, 'import');

/** A store that is lost is waited for. */
const patience = 180_000;

let machine: Machine;
let world: World;
let tenant: Api;
let network: Answer;
let system: Answer;

/** The machine is the file server, too: a client of NFS is all the same to its kernel. */
async function prepare(restored: Machine, lab: Lab): Promise<void> {
  machine = restored;
  await machine.run(['mkdir', '-p', exported, importFolder]);
  for (const { path } of [await systemTemplate(), await guestTemplate()])
    for (const name of await readdir(dirname(path)))
      await lab.give(machine, join(dirname(path), name), join(importFolder, name));
  await machine.run(['truncate', '-s', '208M', disk]);
  await machine.run(['mke2fs', '-q', '-t', 'ext4', '-m', '0', disk]);
  await machine.run(['mount', '-o', 'loop', disk, exported]);
  await machine.write('/etc/exports', `${exported} 10.201.0.0/24(rw,no_root_squash,async)\n`);
  await machine.run(['systemctl', 'start', 'nfs-server'], 120_000);
}

const deploy = async (name: string): Promise<Answer> =>
  await world.deploy(tenant, name, network['id']);

/** What a registered template looks like to the root administrator. */
const shown = ({ id }: Answer): Promise<Answer> =>
  world.admin.one('listTemplates', { templatefilter: 'all', id });

async function becomesReady(template: Answer): Promise<void> {
  let status: unknown;
  try {
    await until(
      'the template',
      async () => {
        const now = await shown(template);
        status = now['status'];
        return now['isready'] === true;
      },
      patience,
    );
  } catch (error) {
    throw new Error(`the template's status: ${String(status)}`, { cause: error });
  }
}

/** What a store that fails must leave: a network as before, no router, and an alert with the same words. */
async function expectNothingMade(message: string): Promise<void> {
  await until('the network to be as before', async () => {
    const now = await world.admin.one('listNetworks', { id: network['id'], listall: true });
    return now['state'] === 'Allocated';
  });
  expect(await world.admin.list('listRouters', { listall: true })).toEqual([]);
  const alerts = await world.admin.list('listAlerts');
  expect(alerts).toContainEqual(
    expect.objectContaining({
      name: 'ALERT.STORAGE.SECONDARY',
      description: expect.stringContaining(message),
    }),
  );
}

async function register(name: string, file: string, more = {}): Promise<Answer> {
  const answer = await world.admin.call('registerTemplate', {
    name,
    displaytext: name,
    format: 'QCOW2',
    hypervisor: 'KVM',
    url: `file://${join(importFolder, file)}`,
    ...more,
  });
  return (answer['template'] as Answer[])[0] ?? {};
}

beforeAll(async () => {
  const settings = ['hypervisor = "KVM"', 'kvm.acceleration = "on"'];
  world = await makeWorld('is', {
    site: prefix => makeHostSite(prefix, { settings, ready: prepare }),
  });
  tenant = await world.tenant('alice');
  network = await world.network(tenant, 'net');
});
afterAll(async () => {
  await world?.remove();
});

describe('an image store of a file server', () => {
  it('takes the template of new routers', async () => {
    const [local] = await world.admin.list('listImageStores');
    await world.admin.call('updateImageStore', { id: local?.['id'], readonly: true });
    await world.admin.call('addImageStore', { name: 'files', provider: 'NFS', url: storeUrl });
    const [file = ''] = (await readdir(dirname((await systemTemplate()).path))).filter(name =>
      name.endsWith('.qcow2'),
    );
    system = await register('systemvm-next', file, { templatetype: 'SYSTEM' });
    await becomesReady(system);
    const there = await machine.run(['find', exported, '-type', 'f', '-size', '+1M']);
    expect(there).toContain(system['id']);
  });

  it('that is gone makes a network fail cleanly', async () => {
    await machine.run(['systemctl', 'stop', 'nfs-server'], 120_000);
    const message = 'Resource Unavailable: template systemvm-next in image store files: ';
    await expect(deploy('gone')).rejects.toThrow(message);
    await expectNothingMade(message);
    await machine.run(['systemctl', 'start', 'nfs-server'], 120_000);
  });

  it('whose file is damaged makes a network fail cleanly', async () => {
    const [file = ''] = (
      await machine.run(['find', exported, '-name', `*${system['id']}*`, '-type', 'f'])
    ).split('\n');
    const offset = 50_000_000;
    const bytes = `dd if=/dev/urandom of="$0" bs=64 count=1 seek=${offset / 64} conv=notrunc`;
    const save = `dd if="$0" of=/root/saved bs=64 count=1 skip=${offset / 64}`;
    const back = `dd if=/root/saved of="$0" bs=64 seek=${offset / 64} conv=notrunc`;
    const script = (text: string): Promise<string> =>
      machine.run(['sh', '-c', `${text} 2>&1; sync`, file]);
    await script(save);
    await script(bytes);
    const message = 'Resource Unavailable: template systemvm-next in image store files: ';
    await expect(deploy('damaged')).rejects.toThrow(/in image store files: .*checksum/i);
    await expectNothingMade(message);
    await script(back);
  });

  it('that is well again needs no repair by hand', async () => {
    expect((await deploy('well'))['state']).toBe('Running');
    const router = await world.admin.one('listRouters', { listall: true });
    expect(router).toMatchObject({ state: 'Running', templateid: system['id'] });
  });

  it('that is full says so of a template, and takes it when there is room', async () => {
    const room = await fillDisk(machine, exported);
    const [file = ''] = (await readdir(dirname((await guestTemplate()).path))).filter(name =>
      name.endsWith('.qcow2'),
    );
    const template = await register('tiny-again', file);
    const status = await until(
      'the template to fail',
      async () => {
        const now = await shown(template);
        return /space|full/i.test(now['status']) && now;
      },
      patience,
    );
    expect(status['isready']).toBe(false);
    await room();
    await becomesReady(template);
  });
});
