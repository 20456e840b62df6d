import { IsolaError } from '@isola/model';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { convergeAll } from '../test-agreement.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
beforeAll(async () => {
  zone = await testZone();
});
afterAll(() => zone.close());

test('an instance that does not come up again in a reboot is stopped, with its job told why', async () => {
  const reconciler = zone.reconciler({ patience: { first: 1, longest: 5, jobs: 50 } });
  const id = await zone.deploy(await zone.addNetwork());
  reconciler.wake('instance', id);
  await convergeAll(zone, reconciler);
  const start = zone.agent.startGuest.bind(zone.agent);
  zone.agent.startGuest = () =>
    Promise.reject(new IsolaError('resource_unavailable', { reason: 'the disk is full' }));
  await zone.db
    .updateTable('instances')
    .set(eb => ({
      generation: eb('generation', '+', 1),
      reboot_generation: eb('generation', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
  const job = await zone.job('instance', id);
  reconciler.wake('instance', id);
  const read = () =>
    zone.db
      .selectFrom('instances')
      .select(['state', 'desired_state', 'failure'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const stopped = { state: 'Stopped', desired_state: 'Stopped' };
  await vi.waitFor(async () => expect(await read()).toMatchObject(stopped));
  expect((await zone.readJob(job)).status).toBe(2);
  const instance = await read();
  expect(instance.failure).toContain('the disk is full');
  expect(zone.agent.guests.get(id)?.running).toBe(false);
  zone.agent.startGuest = start;
  await reconciler.close();
});
