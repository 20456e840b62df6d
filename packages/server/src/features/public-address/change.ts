import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { NetworkOfferingRow, PublicAddressRow } from '../../store/schema.ts';
import { beginChange, type NetworkChange } from '../network/change.ts';
import type { ServiceName } from '../network-offering/services.ts';
import { ownedAddress } from './repository.ts';

/** A change of what a public address does. Its network is locked, and with it all its addresses and rules. */
export interface AddressChange extends NetworkChange {
  readonly address: PublicAddressRow;
  readonly offering: ServiceTerms;
}

/** What the network's offering says of services. */
type ServiceTerms = Pick<NetworkOfferingRow, 'name' | 'services' | 'conserve_mode'>;

/** Begins a change of an address that the caller may act on. 431 when it is in no network or being released. */
export async function beginAddressChange(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<AddressChange> {
  const found = await ownedAddress(call, named);
  if (found.network_id === null)
    throw refused(`Public address ${found.address} is not associated with a network`);
  const change = await beginChange(call.tx, found.network_id);
  const row = await call.tx
    .selectFrom('public_addresses')
    .innerJoin('network_offerings', join =>
      join.on('network_offerings.id', '=', change.network.offering_id),
    )
    .selectAll('public_addresses')
    .select(['network_offerings.name', 'services', 'conserve_mode'])
    .where('public_addresses.id', '=', found.id)
    .where('public_addresses.network_id', '=', change.network.id)
    .where('public_addresses.state', 'in', ['Allocating', 'Allocated'])
    .executeTakeFirst();
  if (row === undefined) throw refused(`Public address ${found.address} is being released`);
  const { name, services, conserve_mode, ...address } = row;
  return { ...change, address, offering: { name, services, conserve_mode } };
}

/** Refuses (431) a service that the network's offering does not have. */
export function requireService(
  change: {
    readonly offering: Pick<ServiceTerms, 'services'>;
    readonly network: { readonly name: string };
  },
  service: ServiceName,
): void {
  if (change.offering.services[service] === undefined)
    throw refused(`Network ${change.network.name} does not have the service ${service}`);
}

/** Refuses (431) a second service on an address where the offering has no conserve mode. */
export async function requireUnshared(
  call: Call,
  { address, offering }: Pick<AddressChange, 'address' | 'offering'>,
  service: 'StaticNat' | 'PortForwarding',
): Promise<void> {
  if (offering.conserve_mode) return;
  const other = (await servicesOf(call, address)).find(one => one !== service);
  if (other !== undefined)
    throw refused(
      `Public address ${address.address} serves ${other} already; network offering ${offering.name} (conservemode=false) allows one service for each address`,
    );
}

async function servicesOf(call: Call, address: PublicAddressRow): Promise<ServiceName[]> {
  const forward = await call.tx
    .selectFrom('port_forwarding_rules')
    .select('id')
    .where('public_address_id', '=', address.id)
    .where('state', '<>', 'Revoke')
    .limit(1)
    .executeTakeFirst();
  return [
    ...(address.is_source_nat ? (['SourceNat'] as const) : []),
    ...(address.static_nat_nic_id === null ? [] : (['StaticNat'] as const)),
    ...(forward === undefined ? [] : (['PortForwarding'] as const)),
  ];
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
