import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import type { AccountRow } from '../../store/schema.ts';
import { publicNetworkId } from '../public-range/public-network.ts';
import type { TagEntity } from '../tag/load.ts';
import type { ShownAddress } from './repository.ts';

type AddressEntity = ResultOf<'associateIpAddress'>;

interface Shown {
  readonly tags: readonly TagEntity[];
  /** Only the root administrator sees where an address comes from. */
  readonly viewer: AccountRow['role'];
}

/** A public address as the API shows it. */
export function addressResponse(row: ShownAddress, { tags, viewer }: Shown): AddressEntity {
  const purpose = purposeOf(row);
  return {
    id: row.id,
    ipaddress: row.address,
    state: row.state,
    allocated: row.allocated ?? undefined,
    zoneid: row.zone_id,
    zonename: row.zone,
    issourcenat: row.is_source_nat,
    isstaticnat: row.static_nat_nic_id !== null,
    isportable: false,
    issystem: false,
    forvirtualnetwork: true,
    forsystemvms: false,
    fordisplay: row.display,
    hasrules: row.forwards || row.filters,
    domainid: row.domain_id ?? undefined,
    domain: row.domain ?? undefined,
    domainpath: row.domain_path ?? undefined,
    associatednetworkid: row.network_id ?? undefined,
    associatednetworkname: row.network_name ?? undefined,
    tags,
    ...ownedBy(row),
    ...(purpose === null ? {} : { purpose }),
    ...instanceOf(row),
    ...(viewer === 'Root Admin' ? originOf(row) : {}),
  };
}

function originOf(row: ShownAddress): AddressEntity {
  return {
    vlanid: row.range_id,
    vlanname: row.range_vlan === 'untagged' ? 'vlan://untagged' : `vlan://${row.range_vlan}`,
    physicalnetworkid: row.physical_network_id,
    networkid: publicNetworkId(row.zone_id),
  };
}

function purposeOf(row: ShownAddress): string | null {
  if (row.static_nat_nic_id !== null) return 'StaticNat';
  if (row.forwards) return 'PortForwarding';
  return row.filters ? 'Firewall' : null;
}

function instanceOf(row: ShownAddress): AddressEntity {
  if (row.instance_id === null) return {};
  return {
    virtualmachineid: row.instance_id,
    virtualmachinename: row.instance_name ?? undefined,
    virtualmachinedisplayname: row.instance_display_name ?? undefined,
    virtualmachinetype: 'User',
    vmipaddress: row.guest_address ?? undefined,
  };
}
