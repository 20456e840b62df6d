import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordEvent } from '../../events/record.ts';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { sweep } from '../../jobs/sweep.ts';

let server: TestServer;
let anna: Tenant;
let bert: Tenant;
let domainId: string;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  bert = await server.tenant('bert');
  domainId = (await server.call(server.admin, 'listDomains')).body.domain[0].id;
});
afterAll(() => server.close());

async function event(of: Tenant, type: string, ageDays = 0): Promise<string> {
  const id = await recordEvent(server.db, {
    type,
    level: 'INFO',
    state: 'Completed',
    description: type,
    accountId: of.accountId,
    domainId,
    userId: of.userId,
  });
  const created = new Date(Date.now() - ageDays * 86_400_000);
  await server.db.updateTable('events').set({ created }).where('id', '=', id).execute();
  return id;
}

const ids = async (by: Parameters<TestServer['call']>[0], params: Record<string, string> = {}) => {
  const { body } = await server.call(by, 'listEvents', params);
  return (body.event ?? []).map((one: { id: string }) => one.id);
};
const day = (ago: number) =>
  new Date(Date.now() - ago * 86_400_000).toISOString().replace(/\.\d+Z/, '+0000');

test('events are put away, and shown when they are asked for', async () => {
  const [one, two, old] = [
    await event(anna, 'A.ONE'),
    await event(anna, 'A.TWO'),
    await event(anna, 'A.OLD', 5),
  ];
  expect(await ids(anna)).toEqual([old, two, one]);
  const archived = await server.call(anna, 'archiveEvents', { type: 'a.one' });
  expect(archived.body).toEqual({ success: 'true' });
  expect(await ids(anna)).toEqual([old, two]);
  expect(await ids(anna, { archived: 'true' })).toEqual([one]);
  expect(await ids(anna, { id: one })).toEqual([one]);
  await server.call(anna, 'archiveEvents', { startdate: day(6), enddate: day(4) });
  expect(await ids(anna)).toEqual([two]);
  await server.call(anna, 'deleteEvents', { ids: two });
  expect(await ids(anna)).toEqual([]);
  expect(await ids(anna, { archived: 'true' })).toEqual([old, one]);
});

test('nobody puts away or deletes what is not theirs, not even together with what is', async () => {
  const [hers, his] = [await event(anna, 'B.HERS'), await event(bert, 'B.HIS')];
  for (const command of ['archiveEvents', 'deleteEvents']) {
    expect((await server.call(bert, command, { ids: hers })).status).toBe(431);
    expect((await server.call(bert, command, { ids: `${his},${hers}` })).status).toBe(431);
  }
  await server.call(bert, 'deleteEvents', { type: 'B.HERS' });
  expect(await ids(anna, { type: 'B.HERS' })).toEqual([hers]);
  expect(await ids(bert, { type: 'B.HIS' })).toEqual([his]);
  expect((await server.call(server.admin, 'deleteEvents', { ids: `${his},${hers}` })).status).toBe(
    200,
  );
});

test.each([{}, { startdate: '2026-01-01' }, { ids: 'nonsense' }, { ids: '7' }])(
  'a choice like %o is refused',
  async params => {
    for (const command of ['archiveEvents', 'deleteEvents'])
      expect((await server.call(anna, command, params)).status).toBe(431);
  },
);

test('events and alerts go after the days of their settings', async () => {
  const [kept, gone] = [await event(anna, 'C.KEPT', 14), await event(anna, 'C.GONE', 16)];
  await sweep(server.db, new Date());
  expect(await ids(anna, { id: kept })).toEqual([kept]);
  expect(await ids(anna, { id: gone })).toEqual([]);
  await server.call(server.admin, 'updateConfiguration', { name: 'event.purge.delay', value: '0' });
  await sweep(server.db, new Date(Date.now() + 400 * 86_400_000));
  expect(await ids(anna, { id: kept })).toEqual([kept]);
});
