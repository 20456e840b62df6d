import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkRow, RowPatch } from '../../store/schema.ts';
import { settingsChanged } from '../setting/value.ts';
import { createNetwork } from './create.ts';
import { type TestNetworks, testNetworks } from './test-network.ts';
import { updateNetwork } from './update.ts';

let networks: TestNetworks;
let offeringId: string;
let made = 0;

beforeAll(async () => {
  networks = await testNetworks();
  const offering = await networks.db
    .selectFrom('network_offerings')
    .select('id')
    .where('availability', '=', 'Required')
    .executeTakeFirstOrThrow();
  offeringId = offering.id;
});
afterAll(() => networks.close());
beforeEach(async () => {
  await set('vr.private.interface.max.mtu', 1500);
  await isolatedBy('VLAN');
  await host({ guest_mtu: null, underlay_mtu: null });
});

async function set(name: string, value: number): Promise<void> {
  await networks.db
    .insertInto('settings')
    .values({ name, value: String(value) })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: String(value) }))
    .execute();
  settingsChanged();
}

async function isolatedBy(method: 'VLAN' | 'VXLAN', label: string | null = null): Promise<void> {
  await networks.db
    .updateTable('physical_networks')
    .set({ isolation_method: method, guest_label: label })
    .execute();
}

async function host(values: RowPatch<'hosts'>): Promise<void> {
  await networks.db.updateTable('hosts').set(values).execute();
}

async function create(
  asked: { privatemtu?: number; publicmtu?: number } = {},
): Promise<NetworkRow> {
  made += 1;
  const params = { name: `mtu${made}`, zoneid: networks.zoneId, networkofferingid: offeringId };
  const { object } = await networks.begin(
    { begin: createNetwork },
    { ...params, gateway: `10.9.${made}.1`, netmask: '255.255.255.0', ...asked },
  );
  return read(object?.id ?? '');
}

function read(id: string): Promise<NetworkRow> {
  return networks.db
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

const openAlerts = (id: string) =>
  networks.db
    .selectFrom('alerts')
    .select(['name', 'type'])
    .where('subject_id', '=', id)
    .where('resolved', 'is', null)
    .execute();

describe('the MTU of a new network', () => {
  it.each([
    {
      of: 'VLAN on one machine',
      method: 'VLAN',
      values: { guest_mtu: null },
      maximum: 1500,
      expected: 1500,
    },
    {
      of: 'VXLAN on one machine',
      method: 'VXLAN',
      values: { underlay_mtu: null },
      maximum: 1500,
      expected: 1500,
    },
    {
      of: 'VXLAN over an ordinary underlay',
      method: 'VXLAN',
      values: { underlay_mtu: 1500 },
      maximum: 1500,
      expected: 1450,
    },
    {
      of: 'VXLAN over an underlay with room',
      method: 'VXLAN',
      values: { underlay_mtu: 9000 },
      maximum: 1500,
      expected: 1500,
    },
    {
      of: 'jumbo VXLAN',
      method: 'VXLAN',
      values: { underlay_mtu: 9000 },
      maximum: 9000,
      expected: 8950,
    },
    {
      of: 'jumbo VLAN',
      method: 'VLAN',
      values: { guest_mtu: 9000, underlay_mtu: 1500 },
      maximum: 9000,
      expected: 9000,
    },
    {
      of: 'VLAN over a smaller interface',
      method: 'VLAN',
      values: { guest_mtu: 1400 },
      maximum: 1500,
      expected: 1400,
    },
    {
      of: 'a host whose underlay is gone',
      method: 'VXLAN',
      values: { underlay_mtu: 0 },
      maximum: 1500,
      expected: 1500,
    },
  ] as const)('fits $of', async ({ method, values, maximum, expected }) => {
    await isolatedBy(method);
    await host(values);
    await set('vr.private.interface.max.mtu', maximum);
    expect((await create()).private_mtu).toBe(expected);
  });

  it('is the smallest that all hosts of the zone carry', async () => {
    await isolatedBy('VXLAN');
    await host({ underlay_mtu: 9000 });
    const like = await networks.db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow();
    const added = await networks.db
      .insertInto('hosts')
      .values({
        zone_id: like.zone_id,
        pod_id: like.pod_id,
        cluster_id: like.cluster_id,
        name: 'small',
        hypervisor: like.hypervisor,
        address: like.address,
        cpu_cores: like.cpu_cores,
        cpu_mhz: like.cpu_mhz,
        memory_bytes: like.memory_bytes,
        kernel: like.kernel,
        underlay_mtu: 1400,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await create()).private_mtu).toBe(1350);
    await networks.db
      .updateTable('hosts')
      .set({ state: 'Removed' })
      .where('id', '=', added.id)
      .execute();
    expect((await create()).private_mtu).toBe(1500);
    await networks.db.deleteFrom('hosts').where('id', '=', added.id).execute();
  });

  it('is what was asked for, or the largest possible with an alert', async () => {
    await host({ guest_mtu: 1500 });
    const small = await create({ privatemtu: 1400, publicmtu: 1300 });
    expect(small).toMatchObject({ private_mtu: 1400, public_mtu: 1300 });
    expect(await openAlerts(small.id)).toEqual([]);
    const large = await create({ privatemtu: 8000, publicmtu: 8001 });
    expect(large).toMatchObject({ private_mtu: 1500, public_mtu: 1500 });
    expect(await openAlerts(large.id)).toEqual([
      { name: 'ALERT.VR.PUBLIC.IFACE.MTU', type: 33 },
      { name: 'ALERT.VR.PRIVATE.IFACE.MTU', type: 34 },
    ]);
    await networks.begin({ begin: updateNetwork }, { id: large.id, privatemtu: 1400 });
    expect((await read(large.id)).private_mtu).toBe(1400);
    expect(await openAlerts(large.id)).toEqual([{ name: 'ALERT.VR.PUBLIC.IFACE.MTU', type: 33 }]);
  });

  it('is not raised for the value that interfaces always send', async () => {
    await isolatedBy('VXLAN');
    await host({ underlay_mtu: 1500 });
    const network = await create({ privatemtu: 1500, publicmtu: 1500 });
    expect(network.private_mtu).toBe(1450);
    expect(await openAlerts(network.id)).toEqual([]);
  });
});
