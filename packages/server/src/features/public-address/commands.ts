import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, mayActFor, ownerOf, requireOwner, unknownId } from '../../access/access.ts';
import { requireActiveOwner } from '../../access/active-owner.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { longPageOf } from '../../store/page.ts';
import type { AccountRow, JobRow, NetworkRow } from '../../store/schema.ts';
import { beginChange } from '../network/change.ts';
import { offeringOf, ownedNetwork } from '../network/repository.ts';
import { viewerOf } from '../network/viewer.ts';
import { loadTags } from '../tag/load.ts';
import { usableZone } from '../zone/usable.ts';
import { assignAddress, lockFreeAddress } from './acquire.ts';
import { beginAddressChange, requireService } from './change.ts';
import { filteredAddresses } from './list.ts';
import { releaseAddress } from './release.ts';
import { ownedAddress, selectAddresses } from './repository.ts';
import { releaseReserved, reserveAddress } from './reserve.ts';
import { addressResponse } from './response.ts';

export const publicAddressCommands = {
  associateIpAddress: {
    kind: 'job',
    async begin(call, params) {
      const { id, zone_id } = await networkFor(call, params);
      await usableZone(call, zone_id);
      const change = await beginChange(call.tx, id);
      const { network, generation, live, waits } = change;
      requireService({ network, offering: await offeringOf(call.tx, network) }, 'SourceNat');
      const free = await lockFreeAddress(call.tx, network, params.ipaddress);
      const address = await assignAddress(call.tx, free, {
        network,
        state: live ? 'Allocating' : 'Allocated',
        sourceNat: !(await hasSourceNat(call, network)),
        generation,
        display: params.fordisplay,
      });
      return { object: { type: 'IpAddress', id: address.id }, waits };
    },
    result: jobAddress,
  },

  reserveIpAddress: {
    kind: 'sync',
    async run(call, params) {
      const id = await reserveAddress(call, params);
      return shownAddress(call.tx, id, call.caller.account.role);
    },
  },

  releaseIpAddress: {
    kind: 'sync',
    async run(call, params) {
      await releaseReserved(call, params.id);
      return { success: true };
    },
  },

  updateIpAddress: {
    kind: 'job',
    async begin(call, params) {
      const { id } = await ownedAddress(call, { parameter: 'id', id: params.id });
      if (params.fordisplay !== undefined)
        await call.tx
          .updateTable('public_addresses')
          .set({ display: params.fordisplay })
          .where('id', '=', id)
          .execute();
      return { object: { type: 'IpAddress', id }, waits: null };
    },
    result: jobAddress,
  },

  disassociateIpAddress: {
    kind: 'job',
    async begin(call, params) {
      const change = await beginAddressChange(call, await addressNamed(call, params));
      if (change.address.is_source_nat)
        throw refused(
          `Public address ${change.address.address} is the source NAT address of network ${change.network.name}; it goes with the network`,
        );
      await releaseAddress(call.tx, change, change.address.id);
      return { object: { type: 'IpAddress', id: change.address.id }, waits: change.waits };
    },
    result: async () => ({ success: true }),
  },

  listPublicIpAddresses: {
    kind: 'sync',
    async run(call, params) {
      const query = await filteredAddresses(call, params);
      const { count, rows } = await longPageOf(
        call,
        { query: query.orderBy('public_addresses.seq'), key: 'public_addresses.id' },
        params,
      );
      const tags = await loadTags(
        call.tx,
        'PublicIpAddress',
        rows.map(row => row.id),
      );
      const viewer = call.caller.account.role;
      return {
        count,
        items: rows.map(row => addressResponse(row, { tags: tags.get(row.id) ?? [], viewer })),
      };
    },
  },
} satisfies Partial<Handlers>;

async function jobAddress(db: Db, job: JobRow) {
  return shownAddress(db, job.object_id ?? '', await viewerOf(db, job));
}

/** The address as it is now; only its id when it is gone since. */
async function shownAddress(db: Db, id: string, viewer: AccountRow['role']) {
  const row = await selectAddresses(db).where('public_addresses.id', '=', id).executeTakeFirst();
  if (row === undefined) return { id };
  const tags = await loadTags(db, 'PublicIpAddress', [id]);
  return addressResponse(row, { tags: tags.get(id) ?? [], viewer });
}

/** The network that shall have the address: the named one, or the only one of the owner in the zone. */
async function networkFor(call: Call, params: ParamsOf<'associateIpAddress'>): Promise<NetworkRow> {
  if (params.networkid !== undefined) {
    const network = await ownedNetwork(call, { parameter: 'networkid', id: params.networkid });
    await requireActiveOwner(call, network.account_id);
    await refuseOtherPlace(call, params, network);
    return network;
  }
  if (params.zoneid === undefined) throw refused('networkid or zoneid must be given');
  const zone = await call.tx
    .selectFrom('zones')
    .select(['id', 'name'])
    .where(identified(params.zoneid))
    .executeTakeFirst();
  if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id: params.zoneid });
  const { account } = await ownerOf(call, params);
  const [network, second] = await call.tx
    .selectFrom('networks')
    .selectAll()
    .where('account_id', '=', account.id)
    .where('zone_id', '=', zone.id)
    .where('desired_state', '<>', 'Destroyed')
    .where('guest_type', '=', 'Isolated')
    .orderBy('seq')
    .limit(2)
    .execute();
  if (network === undefined || second !== undefined)
    throw refused(
      `Account ${account.name} has ${network === undefined ? 'no network' : 'several networks'} in zone ${zone.name}; give networkid`,
    );
  await requireOwner(call, network, `network ${network.id}`);
  return network;
}

async function refuseOtherPlace(
  call: Call,
  params: ParamsOf<'associateIpAddress'>,
  network: NetworkRow,
): Promise<void> {
  if (
    params.account !== undefined ||
    params.domainid !== undefined ||
    params.projectid !== undefined
  ) {
    const { account } = await ownerOf(call, params);
    if (account.id !== network.account_id)
      throw refused(`Network ${network.name} does not belong to account ${account.name}`);
  }
  if (params.zoneid === undefined) return;
  const zone = await call.tx
    .selectFrom('zones')
    .select('id')
    .where(identified(params.zoneid))
    .executeTakeFirst();
  if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id: params.zoneid });
  if (zone.id !== network.zone_id) throw refused(`Network ${network.name} is in another zone`);
}

/** As in CloudStack, the first address of a network that has none yet becomes its source NAT address. */
async function hasSourceNat(call: Call, network: NetworkRow): Promise<boolean> {
  const found = await call.tx
    .selectFrom('public_addresses')
    .select('id')
    .where('network_id', '=', network.id)
    .where('is_source_nat', '=', true)
    .executeTakeFirst();
  return found !== undefined;
}

async function addressNamed(
  call: Call,
  params: ParamsOf<'disassociateIpAddress'>,
): Promise<{ parameter: string; id: string }> {
  if (params.id !== undefined) return { parameter: 'id', id: params.id };
  if (params.ipaddress === undefined)
    throw new IsolaError('missing_parameter', { command: call.command, parameter: 'id' });
  const named = { parameter: 'ipaddress', id: params.ipaddress };
  const found = await call.tx
    .selectFrom('public_addresses')
    .select(['id', 'account_id', 'domain_id'])
    .where('address', '=', params.ipaddress)
    .where('account_id', 'is not', null)
    .orderBy('seq')
    .execute();
  // Zones may have the same addresses.
  const own: string[] = [];
  for (const { id, account_id, domain_id } of found)
    if (
      account_id !== null &&
      domain_id !== null &&
      (await mayActFor(call, { account_id, domain_id }))
    )
      own.push(id);
  const [only = found[0]?.id, second] = own;
  if (only === undefined) throw unknownId(call, named);
  if (second !== undefined)
    throw refused(`Several zones have the public address ${params.ipaddress}: give its id`);
  return { ...named, id: only };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
