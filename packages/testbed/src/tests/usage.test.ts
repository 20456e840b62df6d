import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { allowEgress } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

let world: World;
let tenant: Api;
let network: Answer;
let guest: Place;

beforeAll(async () => {
  world = await makeWorld('us');
  tenant = await world.tenant('uma');
  network = await world.network(tenant, 'uma-net');
  guest = await world.guest(await world.deploy(tenant, 'web', network['id']));
  await allowEgress(tenant, network['id']);
  await world.admin.call('updateConfiguration', { name: 'router.check.interval', value: 1 });
});
afterAll(async () => {
  await world?.remove();
});

/** Frames of the pings, as the router's public NIC sends and gets them. */
const pings = 20;
const pingBytes = pings * (1400 + 8 + 20 + 14);
/** More than the ARP of a router that comes up, and than what it asks the internet itself. */
const besides = 10_000;

const ping = () =>
  guest.run(['ping', '-q', '-c', `${pings}`, '-i', '0.1', '-s', '1400', internet.outside]);

/** Bytes of all records of the network up to now. */
async function recorded(type: 4 | 5): Promise<number> {
  await world.admin.call('generateUsageRecords');
  const records = await world.admin.list('listUsageRecords', {
    startdate: '2020-01-01',
    enddate: '2040-01-01',
    type,
    usageid: network['id'],
  });
  return records.reduce((sum, record) => sum + Number(record['rawusage']), 0);
}

async function settled(least: number): Promise<void> {
  await until(
    `${least} bytes of each way to be recorded`,
    async () => (await recorded(4)) >= least && (await recorded(5)) >= least,
    60_000,
  );
  for (const type of [4, 5] as const) expect(await recorded(type)).toBeLessThan(least + besides);
}

it('bytes of a router’s public side are recorded once, also when it is replaced', async () => {
  await ping();
  await settled(pingBytes);
  await ping();
  await tenant.job('restartNetwork', { id: network['id'], cleanup: true });
  await settled(2 * pingBytes);
  await ping();
  await settled(3 * pingBytes);
  const { router } = await world.admin.call('listRouters', {
    networkid: network['id'],
    listall: true,
  });
  await ping();
  await world.admin.job('rebootRouter', { id: router[0].id });
  await settled(4 * pingBytes);
});
