import { IsolaError } from '@isola/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningReconciler } from '../reconciler.ts';
import { convergeAll, expectAgreement } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let reconciler: RunningReconciler;
/** Names of templates that no host can have. */
const missing = new Set<string>();

beforeEach(async () => {
  missing.clear();
  zone = await testZone({ hosts: 2 });
  reconciler = zone.reconciler();
  await zone.db
    .updateTable('templates')
    .set({ format: 'QCOW2', checksum: 'c'.repeat(64) })
    .execute();
  const names = new Map(
    (await zone.db.selectFrom('templates').selectAll().execute()).map(row => [row.id, row.name]),
  );
  for (const { agent } of zone.hosts)
    agent.intercept = (command, subject, done) => {
      const template = names.get(subject) ?? '';
      if (command === 'ensureTemplate' && !done && missing.has(template))
        throw new IsolaError('template_unavailable', {
          template,
          store: 'store1',
          reason: 'the folder is gone',
        });
    };
});
afterEach(async () => {
  await reconciler.close();
  await zone.close();
});

const network = () => zone.db.selectFrom('networks').selectAll().executeTakeFirstOrThrow();
const openAlerts = () =>
  zone.db
    .selectFrom('alerts')
    .select(['name', 'description'])
    .where('resolved', 'is', null)
    .execute();

async function deploy(networkId: string): Promise<{ id: string; job: string }> {
  const id = await zone.deploy(networkId);
  const job = await zone.job('instance', id);
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  return { id, job };
}

test('without its router template a network stays Allocated, with nothing reserved, and can be tried again', async () => {
  missing.add('router');
  const networkId = await zone.addNetwork();
  const first = await deploy(networkId);
  expect(await zone.readJob(first.job)).toMatchObject({ status: 2, result_code: 534 });
  expect(await network()).toMatchObject({
    state: 'Allocated',
    desired_state: 'Allocated',
    vlan: null,
    failure: expect.stringContaining('template router in image store store1: the folder is gone'),
  });
  expect(await zone.db.selectFrom('routers').selectAll().execute()).toEqual([]);
  expect(await zone.db.selectFrom('vlan_tags').selectAll().execute()).toEqual([]);
  const taken = await zone.db
    .selectFrom('public_addresses')
    .select('id')
    .where('state', '<>', 'Free')
    .execute();
  expect(taken).toEqual([]);
  for (const { agent } of zone.hosts)
    expect([agent.segments.size, agent.routers.size, agent.guests.size]).toEqual([0, 0, 0]);
  expect((await openAlerts()).map(alert => alert.name)).toContain('ALERT.STORAGE.SECONDARY');

  missing.clear();
  const second = await deploy(networkId);
  expect(await zone.readJob(second.job)).toMatchObject({ status: 1 });
  expect(await network()).toMatchObject({ state: 'Implemented', failure: null });
  expect((await openAlerts()).map(alert => alert.name)).not.toContain('ALERT.STORAGE.SECONDARY');
  await expectAgreement(zone);
});

test('an instance whose template is not to be had is in Error with the reason, and the network goes on', async () => {
  missing.add('tiny');
  const networkId = await zone.addNetwork();
  const { id, job } = await deploy(networkId);
  expect(await zone.readJob(job)).toMatchObject({ status: 2, result_code: 534 });
  const instance = await zone.db
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(instance).toMatchObject({ state: 'Error', host_id: null });
  expect(instance.failure).toContain('template tiny in image store store1');
  expect(await network()).toMatchObject({ state: 'Implemented' });
  missing.clear();
  await deploy(networkId);
  await expectAgreement(zone);
});
