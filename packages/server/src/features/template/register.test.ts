import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { IsolaError } from '@isola/model';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

/** A whole QCOW2 image as far as the server looks: a header, then data. */
function qcow2({ backing = false } = {}): Buffer {
  const bytes = randomBytes(200_000);
  bytes.fill(0, 0, 512);
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(3, 4);
  if (backing) bytes.writeBigUInt64BE(256n, 8);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(2n ** 30n, 24);
  bytes.writeUInt32BE(104, 100);
  return bytes;
}

const image = qcow2();
const sha256 = createHash('sha256').update(image).digest('hex');

let server: TestServer;
let anna: Tenant;
let files: Server;
let base = '';
let release: () => void = () => undefined;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  files = createServer((request, response) => {
    if (request.url === '/image') return void response.end(image);
    if (request.url === '/backing') return void response.end(qcow2({ backing: true }));
    if (request.url === '/text') return void response.end('not an image');
    if (request.url === '/to-image')
      return void response.writeHead(302, { location: '/image' }).end();
    if (request.url === '/held') {
      response.writeHead(200, { 'content-length': String(image.length) });
      response.write(image.subarray(0, 100_000));
      release = () => response.end(image.subarray(100_000));
      return undefined;
    }
    return void response.writeHead(404).end();
  });
  await new Promise<void>(done => files.listen(0, '127.0.0.1', done));
  const address = files.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  base = `http://127.0.0.1:${address.port}`;
  await allow('127.0.0.1');
});
afterAll(async () => {
  await server.close();
  files.closeAllConnections();
  files.close();
});
beforeEach(() => release());

const allow = (value: string) =>
  server.call(server.admin, 'updateConfiguration', {
    name: 'secstorage.allowed.internal.sites',
    value,
  });

let made = 0;
async function register(
  by: Parameters<TestServer['call']>[0],
  params: Record<string, string> = {},
) {
  made += 1;
  const { status, body } = await server.call(by, 'registerTemplate', {
    name: `template-${made}`,
    format: 'QCOW2',
    hypervisor: 'KVM',
    url: `${base}/image`,
    ...params,
  });
  return { status, body, template: body.template?.[0] };
}

async function shown(id: string, by: Parameters<TestServer['call']>[0] = server.admin) {
  const { body } = await server.call(by, 'listTemplates', {
    templatefilter: by === server.admin ? 'all' : 'self',
    id,
  });
  return body.template?.[0];
}

/** The template once its download has ended, well or not. */
async function settled(id: string) {
  await expect
    .poll(async () => (await shown(id)).downloaddetails[0]?.downloadState, { timeout: 20_000 })
    .toMatch(/^(DOWNLOADED|DOWNLOAD_ERROR)$/);
  return shown(id);
}

/** Lets the download of `/held` go on as soon as it is asked for, until the template is ready. */
async function released(id: string): Promise<void> {
  await expect
    .poll(
      async () => {
        release();
        return (await shown(id)).isready;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

const alerts = async (id: string): Promise<string[]> => {
  const rows = await server.db
    .selectFrom('alerts')
    .select('description')
    .where('subject_id', '=', id)
    .where('resolved', 'is', null)
    .execute();
  return rows.map(row => row.description);
};

describe('a registered template', () => {
  test('is downloaded, verified and ready; its owner sees no store', async () => {
    const { template } = await register(anna, {
      checksum: `{SHA-256}${sha256}`,
      url: `${base}/to-image`,
      'details[0].rootDiskController': 'virtio',
    });
    expect(template).toMatchObject({
      account: 'anna',
      isready: false,
      templatetype: 'USER',
      ostypename: 'Other Linux (64-bit)',
      details: { rootDiskController: 'virtio' },
    });
    expect(await settled(template.id)).toMatchObject({
      isready: true,
      status: 'Download Complete',
      size: 2 ** 30,
      physicalsize: image.length,
      checksum: sha256,
      format: 'QCOW2',
      hypervisor: 'KVM',
      downloaddetails: [
        { datastore: 'secondary', downloadState: 'DOWNLOADED', downloadPercent: '100' },
      ],
    });
    expect((await shown(template.id, anna)).downloaddetails).toEqual([
      { downloadState: 'DOWNLOADED', downloadPercent: '100' },
    ]);
    const ready = (isready: string) =>
      server.call(anna, 'listTemplates', { templatefilter: 'self', isready, id: template.id });
    expect((await ready('true')).body.count).toBe(1);
    expect((await ready('false')).body.count).toBeUndefined();
  });

  test.each([
    [{ checksum: 'a'.repeat(64) }, /checksum is [0-9a-f]{64}, not a{64}/],
    [{ checksum: 'a'.repeat(32) }, /checksum is [0-9a-f]{32}, not a{32}/],
    [{ path: '/backing' }, /stands on a backing file/],
    [{ path: '/text' }, /no QCOW2 image/],
    [{ path: '/missing' }, /status 404/],
    [{ format: 'RAW' }, /QCOW2 image, not a raw one/],
    [{ format: 'TAR', hypervisor: 'LXC' }, /no tar archive/],
    [{ url: 'http://169.254.169.254/latest' }, /internal address/],
    [{ url: 'http://localhost.localdomain.invalid/x' }, /cannot be resolved/],
  ])('with %o is never ready, says why, and leaves no file', async (change, status) => {
    const { path, ...params } = { path: undefined, ...change };
    const { template } = await register(anna, {
      ...(path === undefined ? {} : { url: base + path }),
      ...params,
    });
    const failed = await settled(template.id);
    expect(failed.status).toMatch(status);
    expect(failed.isready).toBe(false);
    const held = await readdir(join(server.home, 'secondary'), { recursive: true });
    expect(held.filter(name => name.includes(template.id))).toEqual([]);
    await server.run(anna, 'deleteTemplate', { id: template.id });
  });

  test.each([
    { url: 'ftp://192.0.2.1/x' },
    { url: 'http://user:secret@192.0.2.1/x' },
    { url: 'nonsense' },
    { checksum: 'abc' },
    { checksum: '{MD5}'.concat('a'.repeat(64)) },
    { format: 'VHD' },
    { format: 'TAR' },
    { hypervisor: 'LXC' },
    { hypervisor: 'XenServer' },
    { ostypeid: '4711' },
    { zoneid: '4711' },
    { name: ' ' },
  ])('with %o is refused', async params => {
    expect((await register(anna, params)).status).toBe(431);
  });

  test.each([
    { url: 'file:///etc/shadow' },
    { templatetype: 'SYSTEM' },
    { isrouting: 'true' },
    { isfeatured: 'true' },
  ])('with %o is for root administrators', async params => {
    expect((await register(anna, params)).status).toBe(531);
  });

  test('counts against what the account may have', async () => {
    const name = 'max.account.templates';
    const bob = await server.tenant('bob');
    await server.call(server.admin, 'updateConfiguration', { name, value: '1' });
    const both = await Promise.all([register(bob), register(bob)]);
    await server.call(server.admin, 'updateConfiguration', { name });
    expect(both.map(one => one.status).toSorted((a, b) => a - b)).toEqual([200, 535]);
  });

  test('makes instances only when it is ready', async () => {
    const { template } = await register(anna, { url: `${base}/held` });
    await expect
      .poll(async () => (await shown(template.id)).status)
      .toMatch(/DOWNLOAD|% Downloaded/);
    const zone = await server.call(server.admin, 'listZones');
    const offerings = await server.call(server.admin, 'listServiceOfferings');
    const deployed = await server.call(anna, 'deployVirtualMachine', {
      zoneid: zone.body.zone[0].id,
      serviceofferingid: offerings.body.serviceoffering[0].id,
      templateid: template.id,
    });
    expect(deployed.status).toBe(530);
    expect(deployed.body.errortext).toBe(
      `Template ${template.name} has not been completely downloaded to zone zone1`,
    );
    await released(template.id);
  });

  test('that a restart of the server interrupts is downloaded anew', async () => {
    const { template } = await register(anna, { url: `${base}/held` });
    await expect
      .poll(async () => (await shown(template.id)).downloaddetails[0].downloadState)
      .toBe('DOWNLOAD_IN_PROGRESS');
    await server.restart();
    await released(template.id);
  });
});

describe('a file of the server', () => {
  test('is registered by root administrators from below the import folder only', async () => {
    const folder = join(server.home, 'import');
    await writeFile(join(folder, 'disk.qcow2'), image);
    await writeFile(join(server.home, 'outside.qcow2'), image);
    await symlink(join(server.home, 'outside.qcow2'), join(folder, 'link.qcow2'));
    const state = async (path: string) => {
      const { template } = await register(server.admin, { url: `file://${path}` });
      return settled(template.id);
    };
    expect(await state(join(folder, 'disk.qcow2'))).toMatchObject({ isready: true });
    for (const path of ['import/../outside.qcow2', 'import/link.qcow2', 'outside.qcow2'])
      expect((await state(join(server.home, path))).status).toMatch(/is not below/);
    expect((await state(join(folder, 'gone.qcow2'))).status).toMatch(/ENOENT/);
  });

  test('can be a system template; only root administrators see it, and it needs issystem to go', async () => {
    const url = `file://${join(server.home, 'import/disk.qcow2')}`;
    const { template } = await register(server.admin, { url, templatetype: 'SYSTEM' });
    await settled(template.id);
    expect(
      (await server.call(anna, 'listTemplates', { templatefilter: 'executable', id: template.id }))
        .body,
    ).toEqual({});
    const { id } = template;
    const refused = await server.call(server.admin, 'deleteTemplate', { id });
    expect(refused.status).toBe(431);
    await server.run(server.admin, 'deleteTemplate', { id, issystem: 'true' });
    expect(await shown(id)).toBeUndefined();
  });
});

describe('a ready template', () => {
  test('is changed and shared by its owner, and by nobody else', async () => {
    const bob = await server.tenant('eve');
    const { template } = await register(anna);
    const { id } = template;
    await settled(id);
    for (const command of ['updateTemplate', 'updateTemplatePermissions', 'deleteTemplate'])
      expect((await server.call(bob, command, { id })).status).toBe(531);
    expect((await server.call(bob, 'listTemplatePermissions', { id })).status).toBe(531);
    const changed = await server.call(anna, 'updateTemplate', { id, displaytext: 'mine' });
    expect(changed.body.template).toMatchObject({ id, displaytext: 'mine', isready: true });
    await server.call(anna, 'updateTemplatePermissions', { id, ispublic: 'true' });
    const community = { templatefilter: 'community', id };
    expect((await server.call(bob, 'listTemplates', community)).body.count).toBe(1);
    const permissions = await server.call(bob, 'listTemplatePermissions', { id });
    expect(permissions.body.templatepermission).toMatchObject({ id, ispublic: true });
    expect(
      (await server.call(anna, 'updateTemplatePermissions', { id, isfeatured: 'true' })).status,
    ).toBe(531);
  });

  test('goes to hosts, and leaves store and hosts when it is deleted', async () => {
    const { template } = await register(anna, { format: 'QCOW2' });
    const { id } = template;
    const { checksum } = await settled(id);
    const zone = (await server.call(server.admin, 'listZones')).body.zone[0].id;
    // The host in memory is one for containers.
    await server.db
      .updateTable('templates')
      .set({ hypervisor: 'LXC' })
      .where('id', '=', id)
      .execute();
    await server.call(server.admin, 'prepareTemplate', { templateid: id, zoneid: zone });
    await expect
      .poll(async () => (await shown(id)).downloaddetails[1])
      .toMatchObject({ host: 'memory1', state: 'Ready' });
    expect((await server.agent.inventory()).templates).toContain(checksum);
    await server.db
      .deleteFrom('templates')
      .where('checksum', '=', checksum)
      .where('id', '<>', id)
      .execute();

    server.agent.intercept = (command, subject) => {
      if (command === 'removeTemplate' && subject === checksum)
        throw new IsolaError('in_use', { reason: 'a disk stands on it' });
    };
    await server.run(anna, 'deleteTemplate', { id });
    expect(await shown(id)).toBeUndefined();
    const held = () => readdir(join(server.home, 'secondary/template'));
    await expect.poll(held).not.toContain(id);
    expect((await server.agent.inventory()).templates).toContain(checksum);
    server.agent.intercept = () => undefined;
    await server.restart();
    await expect
      .poll(() => server.db.selectFrom('templates').select('id').where('id', '=', id).execute())
      .toEqual([]);
    expect((await server.agent.inventory()).templates).not.toContain(checksum);
  });

  test('that is cut, changed or gone in its store is not ready, raises an alert, and is ready again', async () => {
    const { template } = await register(anna);
    const { id } = template;
    await settled(id);
    const secondary = join(server.home, 'secondary');
    const path = join(secondary, 'template', id);
    const open = () => server.openTemplate(id).then(file => buffer(file.stream));
    expect(image.equals(await open())).toBe(true);

    await truncate(path, 1000);
    await expect(open()).rejects.toMatchObject({
      code: 'template_unavailable',
      message: `Resource Unavailable: template ${template.name} in image store secondary: its file has 1000 bytes instead of ${image.length}`,
    });
    expect(await shown(id)).toMatchObject({ isready: false });
    expect(await alerts(id)).toHaveLength(1);
    await writeFile(path, image);
    expect(image.equals(await open())).toBe(true);
    expect(await shown(id)).toMatchObject({ isready: true });
    expect(await alerts(id)).toEqual([]);

    await writeFile(path, Buffer.concat([Buffer.from('x'), image.subarray(1)]));
    await expect(open()).rejects.toThrow(/its checksum is/);
    expect(await shown(id)).toMatchObject({ isready: false });
    await writeFile(path, image);

    await rename(secondary, `${secondary}.away`);
    await expect(open()).rejects.toThrow(/in image store secondary/);
    await mkdir(secondary);
    await expect(open()).rejects.toThrow(/nothing of the store is in it/);
    await rm(secondary, { recursive: true });
    await rename(`${secondary}.away`, secondary);
    await server.look();
    expect(await shown(id)).toMatchObject({ isready: true });
    expect(await alerts(id)).toEqual([]);
  });
});

describe('image stores', () => {
  test('are watched: one that is gone raises an alert until it is back', async () => {
    const secondary = join(server.home, 'secondary');
    const { body } = await server.call(server.admin, 'listImageStores');
    expect(body.imagestore).toMatchObject([
      {
        name: 'secondary',
        providername: 'Local',
        protocol: 'file',
        readonly: false,
        scope: 'ZONE',
      },
    ]);
    const { id } = body.imagestore[0];
    await server.look();
    expect(await alerts(id)).toEqual([]);
    await rename(secondary, `${secondary}.away`);
    await server.look();
    await server.look();
    expect(await alerts(id)).toHaveLength(1);
    // What is registered meanwhile comes when the store is back.
    const { template } = await register(anna);
    await expect.poll(async () => (await shown(template.id)).status).not.toBe('NOT_DOWNLOADED');
    expect((await shown(template.id)).isready).toBe(false);
    await rename(`${secondary}.away`, secondary);
    await server.look();
    expect(await alerts(id)).toEqual([]);
    expect((await settled(template.id)).isready).toBe(true);
    const list = await server.call(server.admin, 'listImageStores');
    expect(list.body.imagestore[0].disksizetotal).toBeGreaterThan(0);
  });

  test('are added, made read-only and deleted by root administrators', async () => {
    const folder = join(server.home, 'second');
    const add = { provider: 'Local', name: 'second', url: `file://${folder}` };
    expect((await server.call(anna, 'addImageStore', add)).status).toBe(432);
    const missing = await server.call(server.admin, 'addImageStore', add);
    expect(missing.status).toBe(534);
    await mkdir(folder);
    const { body } = await server.call(server.admin, 'addImageStore', add);
    const { id } = body.imagestore;
    expect(body.imagestore).toMatchObject({ name: 'second', url: `file://${folder}` });
    expect((await server.call(server.admin, 'addImageStore', add)).status).toBe(431);
    for (const url of ['nfs://server/x', '/srv', 'file://host/x', 'file:///a/../b'])
      expect(
        (await server.call(server.admin, 'addImageStore', { ...add, name: 'x', url })).status,
      ).toBe(431);

    const first = (await server.call(server.admin, 'listImageStores', { name: 'secondary' })).body
      .imagestore[0].id;
    const readonly = (of: string, value: string) =>
      server.call(server.admin, 'updateImageStore', { id: of, readonly: value });
    await readonly(first, 'true');
    const { template } = await register(server.admin);
    expect((await settled(template.id)).downloaddetails[0].datastore).toBe('second');
    await readonly(id, 'true');
    expect((await register(server.admin)).status).toBe(534);
    await readonly(first, 'false');

    expect((await server.call(server.admin, 'deleteImageStore', { id })).status).toBe(536);
    await server.run(server.admin, 'deleteTemplate', { id: template.id });
    await expect
      .poll(async () => (await server.call(server.admin, 'deleteImageStore', { id })).status)
      .toBe(200);
    expect(await readdir(folder)).not.toContain('.isola-image-store');
  });
});

test('operating systems are listed for all, and a template takes one', async () => {
  const { body } = await server.call(anna, 'listOsTypes', { keyword: 'debian' });
  const debian = body.ostype.at(-1);
  expect(debian).toMatchObject({
    description: 'Debian GNU/Linux 13 (64-bit)',
    oscategoryname: 'Debian',
  });
  const { template } = await register(anna, { ostypeid: debian.id });
  expect(template).toMatchObject({ ostypeid: debian.id, ostypename: debian.name });
  const categories = await server.call(anna, 'listOsCategories', { name: 'Debian' });
  expect(categories.body.oscategory).toMatchObject([{ id: debian.oscategoryid }]);
});
