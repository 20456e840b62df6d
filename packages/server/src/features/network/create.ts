import { randomUUID } from 'node:crypto';
import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, ownerOf, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import type {
  AccountRow,
  DomainRow,
  NetworkOfferingRow,
  NetworkRow,
  NewRow,
  PhysicalNetworkRow,
  ZoneRow,
} from '../../store/schema.ts';
import { carrierOf } from '../physical-network/carrier.ts';
import { assignAddress, lockFreeAddress } from '../public-address/acquire.ts';
import { holderOf, reserveResources } from '../resource-limit/reserve.ts';
import { offeredIn, offeredTo } from '../service-offering/places.ts';
import { setting } from '../setting/value.ts';
import { usableZone } from '../zone/usable.ts';
import { chosenMtus } from './mtu.ts';
import { askedRange, defaultRange, type GuestRange, overlapping } from './ranges.ts';
import { cidrsOfAccount, publicCidrs } from './repository.ts';
import { parseSegment } from './segment-uri.ts';
import { type Access, sharedAccess, sharedRange } from './shared.ts';
import { checkedDomain, checkedServers } from './values.ts';
import { reserveVlan } from './vlan.ts';

type Request = ParamsOf<'createNetwork'>;

/** Writes a new network. It is waited for only when its offering is persistent. */
export async function createNetwork(call: Call, params: Request): Promise<Intent> {
  const zone = await usableZone(call, params.zoneid);
  const guestType = await guestTypeOf(call, params.networkofferingid);
  const access = await accessOf(call, params, guestType);
  const { owner } = access;
  const offering = await usableOffering(call, params.networkofferingid, { zone, owner });
  refuseMisplaced(params, guestType);
  const physical = await carrierOf(call, { zone, offering, id: params.physicalnetworkid });
  const vlan = requestedVlan(call, params, { offering, isolation: physical.isolation_method });
  const id = randomUUID();
  const mtus = await chosenMtus(call, params, {
    id,
    name: params.name,
    zone_id: zone.id,
    physical_network_id: physical.id,
  });
  const addresses = await addressesFor(call, params, {
    guestType,
    zone,
    accountId: owner.account.id,
  });
  await refuseTakenExternalId(call, params.externalid);
  await reserveResources(call.tx, holderOf(owner), { network: 1 });
  const network = await call.tx
    .insertInto('networks')
    .values({
      id,
      zone_id: zone.id,
      physical_network_id: physical.id,
      account_id: owner.account.id,
      domain_id: owner.domain.id,
      offering_id: offering.id,
      name: params.name,
      display_text: params.displaytext ?? params.name,
      guest_type: guestType,
      acl_type: access.acl_type,
      subdomain_access: access.subdomain_access,
      external_id: params.externalid ?? null,
      ...addresses,
      network_domain: domainOf(params, owner, zone),
      dns: checkedServers(params.dns1, params.dns2),
      desired_state: offering.is_persistent ? 'Implemented' : 'Allocated',
      requested_vlan: vlan,
      display_network: params.displaynetwork ?? true,
      public_mtu: mtus.publicmtu,
      private_mtu: mtus.privatemtu,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (vlan !== null)
    await reserveVlan(call.tx, network, {
      tag: vlan,
      anywhere: params.bypassvlanoverlapcheck === true,
    });
  if (params.sourcenatipaddress !== undefined)
    await takeSourceNat(call, { network, offering, wished: params.sourcenatipaddress });
  return {
    object: { type: 'Network', id: network.id },
    waits: offering.is_persistent
      ? { kind: 'network', id: network.id, generation: network.generation }
      : null,
  };
}

type GuestType = NetworkRow['guest_type'];

async function guestTypeOf(call: Call, offeringId: string): Promise<GuestType> {
  const offering = await call.tx
    .selectFrom('network_offerings')
    .select('guest_ip_type')
    .where(identified(offeringId))
    .executeTakeFirst();
  if (offering === undefined)
    throw unknownId(call, { parameter: 'networkofferingid', id: offeringId });
  return offering.guest_ip_type;
}

async function accessOf(call: Call, params: Request, guestType: GuestType): Promise<Access> {
  if (guestType === 'Shared') return sharedAccess(call, params);
  return { owner: await ownerOf(call, params), acl_type: 'Account', subdomain_access: false };
}

type Addresses = Pick<
  NewRow<'networks'>,
  'cidr' | 'gateway' | 'first_address' | 'last_address' | 'router_address'
>;

async function addressesFor(
  call: Call,
  params: Request,
  wanted: { guestType: GuestType; zone: ZoneRow; accountId: string },
): Promise<Addresses> {
  switch (wanted.guestType) {
    case 'L2':
      return { cidr: null, gateway: null };
    case 'Shared':
      return sharedRange(params);
    case 'Isolated':
      return rangeFor(call, params, wanted);
  }
}

async function refuseTakenExternalId(call: Call, externalId: string | undefined): Promise<void> {
  if (externalId === undefined) return;
  const taken = await call.tx
    .selectFrom('networks')
    .select('id')
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`A network with externalid ${externalId} already exists`);
}

interface Place {
  readonly zone: Pick<ZoneRow, 'id'>;
  readonly owner: { readonly domain: Pick<DomainRow, 'path'> };
}

/** An enabled offering that the owner may use in the zone; it cannot be deleted until the transaction ends. */
export async function usableOffering(
  call: Call,
  id: string,
  { zone, owner }: Place,
): Promise<NetworkOfferingRow> {
  const offering = await call.tx
    .selectFrom('network_offerings')
    .selectAll()
    .where(identified(id))
    .forKeyShare()
    .executeTakeFirst();
  if (offering === undefined) throw unknownId(call, { parameter: 'networkofferingid', id });
  const usable = await call.tx
    .selectFrom('network_offerings')
    .select('id')
    .where('id', '=', offering.id)
    .where(offeredTo(owner.domain.path, 'network_offerings'))
    .where(offeredIn(zone.id, 'network_offerings'))
    .executeTakeFirst();
  if (usable === undefined)
    throw new IsolaError('not_permitted', {
      reason: `Network offering ${offering.name} is not for this domain or zone`,
    });
  if (offering.state !== 'Enabled')
    throw refused(`Network offering ${offering.name} is not enabled`);
  return offering;
}

const sharedOnly = ['startip', 'endip', 'routerip'] as const;
const addressed = [
  'gateway',
  'netmask',
  'dns1',
  'dns2',
  'networkdomain',
  'sourcenatipaddress',
] as const;

/** Refuses what belongs to networks of another type. */
function refuseMisplaced(params: Request, guestType: GuestType): void {
  if (guestType === 'L2')
    for (const name of addressed)
      if (params[name] !== undefined)
        throw refused(`${name} is not for L2 networks: they have no router and no addresses`);
  if (guestType === 'Shared') return;
  if (params.acltype?.toLowerCase() === 'domain')
    throw refused('acltype Domain is for shared networks; others belong to an account');
  if (params.subdomainaccess === true)
    throw refused('subdomainaccess is for networks of acltype Domain');
  if (params.bypassvlanoverlapcheck === true && guestType === 'Isolated')
    throw refused('bypassvlanoverlapcheck is for shared and L2 networks');
  for (const name of sharedOnly)
    if (params[name] !== undefined)
      throw refused(`${name} is for shared networks, whose offerings have specifyipranges=true`);
}

function requestedVlan(
  call: Call,
  params: Request,
  {
    offering,
    isolation,
  }: { offering: NetworkOfferingRow; isolation: PhysicalNetworkRow['isolation_method'] },
): number | null {
  if (params.vlan === undefined) {
    if (offering.specify_vlan)
      throw refused(`Network offering ${offering.name} needs the parameter vlan`);
    return null;
  }
  if (call.caller.account.role !== 'Root Admin')
    throw new IsolaError('not_permitted', {
      reason: 'Only the root administrator may choose the VLAN of a network',
    });
  if (!offering.specify_vlan)
    throw refused(`vlan: network offering ${offering.name} has specifyvlan=false`);
  return parseSegment(params.vlan, isolation);
}

/** Locks the account, so that two networks made at once do not get overlapping addresses. */
async function rangeFor(
  call: Call,
  params: Request,
  { zone, accountId }: { zone: ZoneRow; accountId: string },
): Promise<GuestRange> {
  if ((params.gateway === undefined) !== (params.netmask === undefined))
    throw refused('gateway and netmask must be given together');
  await call.tx
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', accountId)
    .forNoKeyUpdate()
    .execute();
  const own = await cidrsOfAccount(call.tx, { accountId, zoneId: zone.id });
  const outside = await publicCidrs(call.tx, zone.id);
  if (params.gateway === undefined || params.netmask === undefined)
    return defaultRange(zone.guest_cidr, [...own, ...outside]);
  const shortestPrefix = await setting(call.tx, 'network.guest.cidr.limit');
  const range = askedRange({ gateway: params.gateway, netmask: params.netmask, shortestPrefix });
  const other = overlapping(range.cidr, own);
  if (other !== undefined)
    throw refused(
      `The guest CIDR ${range.cidr} overlaps with ${other} of another network of the account`,
    );
  const publicRange = overlapping(range.cidr, outside);
  if (publicRange !== undefined)
    throw refused(
      `The guest CIDR ${range.cidr} overlaps with ${publicRange} on the public side of the zone`,
    );
  return range;
}

interface Owner {
  readonly account: AccountRow;
  readonly domain: DomainRow;
}

function domainOf(params: Request, owner: Owner, zone: ZoneRow): string {
  if (params.networkdomain !== undefined) return checkedDomain(params.networkdomain);
  return owner.account.network_domain ?? owner.domain.network_domain ?? zone.network_domain;
}

interface SourceNatWish {
  readonly network: NetworkRow;
  readonly offering: NetworkOfferingRow;
  readonly wished: string;
}

async function takeSourceNat(
  call: Call,
  { network, offering, wished }: SourceNatWish,
): Promise<void> {
  if (offering.services.SourceNat === undefined)
    throw refused(`sourcenatipaddress: network offering ${offering.name} has no SourceNat service`);
  const address = await lockFreeAddress(call.tx, network, wished);
  await assignAddress(call.tx, address, {
    network,
    state: 'Allocated',
    sourceNat: true,
    generation: network.generation,
  });
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
