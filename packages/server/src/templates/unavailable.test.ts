import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../http/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
  // A host that really fetches what it is told to have.
  server.agent.intercept = async (command, subject, done) => {
    if (command === 'ensureTemplate' && !done)
      await buffer((await server.openTemplate(subject)).stream);
  };
});
afterAll(() => server.close());

async function first(command: string, key: string, params = {}) {
  return (await server.call(server.admin, command, params)).body[key][0];
}

test('a system template that is missing in its store fails the network cleanly, and it comes up when the file is back', async () => {
  const { admin, home, db } = server;
  const archive = Buffer.alloc(10_240);
  archive.write('ustar', 257);
  const file = join(home, 'import/systemvm.tar');
  await writeFile(file, archive);
  const system = (
    await server.call(admin, 'registerTemplate', {
      name: 'systemvm-next',
      format: 'TAR',
      hypervisor: 'LXC',
      templatetype: 'SYSTEM',
      url: `file://${file}`,
    })
  ).body.template[0];
  await server.look();
  const stored = join(home, 'secondary/template', system.id);
  await rename(stored, `${stored}.away`);

  const offering = { name: 'DefaultIsolatedNetworkOfferingWithSourceNatService' };
  const { id: zoneid } = await first('listZones', 'zone');
  const network = await server.call(admin, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid: (await first('listNetworkOfferings', 'networkoffering', offering)).id,
  });
  const networkids: string = network.body.network.id;
  const deploy = {
    zoneid,
    networkids,
    templateid: (await first('listTemplates', 'template', { templatefilter: 'featured' })).id,
    serviceofferingid: (await first('listServiceOfferings', 'serviceoffering')).id,
  };
  const message =
    'Resource Unavailable: template systemvm-next in image store secondary: ' +
    `template/${system.id} is not there`;
  await expect(server.run(admin, 'deployVirtualMachine', deploy)).rejects.toThrow(message);
  const alerts = await first('listAlerts', 'alert', { type: '6' });
  expect(alerts).toMatchObject({ name: 'ALERT.STORAGE.SECONDARY', description: message });
  await expect
    .poll(async () => (await first('listNetworks', 'network', { id: networkids })).state)
    .toBe('Allocated');
  expect(await db.selectFrom('routers').select('id').execute()).toEqual([]);
  expect([...server.agent.routers.keys()]).toEqual([]);

  await rename(`${stored}.away`, stored);
  const { body } = await server.run(admin, 'deployVirtualMachine', deploy);
  expect(body.virtualmachine.state).toBe('Running');
  const router = await first('listRouters', 'router', { networkid: networkids, listall: 'true' });
  expect(router).toMatchObject({ state: 'Running', requiresupgrade: false });
  const open = db.selectFrom('alerts').select('description').where('resolved', 'is', null);
  expect(await open.where('type', '=', 6).execute()).toEqual([]);
});
