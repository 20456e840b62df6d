import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import { derivedId } from '../../store/derived-id.ts';
import type { AccountRow } from '../../store/schema.ts';
import type { ShownAffinityGroup } from '../affinity-group/repository.ts';
import { affinityGroupResponse } from '../affinity-group/response.ts';
import type { ShownNic } from '../nic/repository.ts';
import { nicResponse } from '../nic/response.ts';
import type { TagEntity } from '../tag/load.ts';
import type { ShownInstance } from './repository.ts';
import type { Traffic } from './traffic.ts';

export type InstanceEntity = ResultOf<'listVirtualMachines'>['items'][number];

/** Parts of an answer that `details` leaves out unless it names them. */
export const detailParts = ['nics', 'tmpl', 'servoff', 'affgrp', 'stats'] as const;
export type DetailPart = (typeof detailParts)[number];

interface Shown {
  readonly nics: readonly ShownNic[];
  readonly tags: readonly TagEntity[];
  readonly affinityGroups: readonly ShownAffinityGroup[];
  readonly viewer: AccountRow['role'];
  readonly parts: ReadonlySet<DetailPart>;
  readonly withUserData: boolean;
  readonly traffic: Traffic | undefined;
}

/** An instance as the API shows it. */
export function instanceResponse(
  row: ShownInstance,
  { nics, tags, affinityGroups, viewer, parts, withUserData, traffic }: Shown,
): InstanceEntity {
  const primary = nics.find(nic => nic.is_default);
  const mapped = nics.find(nic => nic.public_address !== null);
  const osTypeId = derivedId('ostype', row.shown_os_type);
  return {
    id: row.id,
    name: row.name,
    displayname: row.display_name,
    displayvm: row.display_vm,
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    created: row.created,
    lastupdated: row.last_updated,
    state: row.state,
    haenable: row.ha_enabled,
    zoneid: row.zone_id,
    zonename: row.zone,
    hypervisor: row.hypervisor,
    ostypeid: osTypeId,
    guestosid: osTypeId,
    osdisplayname: row.shown_os_type,
    passwordenabled: row.password_enabled,
    details: row.details,
    deleteprotection: row.delete_protection,
    isdynamicallyscalable: row.dynamically_scalable,
    vmtype: 'User',
    securitygroup: [],
    rootdeviceid: 0,
    rootdevicetype: 'ROOT',
    tags,
    ...ownedBy(row),
    ...defined('group', row.group_name),
    ...defined('groupid', row.group_id),
    ...defined('userdataid', row.user_data_id),
    ...defined('userdataname', row.user_data_name),
    ...userDataDetails(row),
    ...(withUserData ? defined('userdata', row.user_data) : {}),
    ...defined('userid', row.user_id),
    ...defined('username', row.username),
    ...keyPairs(row.key_pairs),
    ...defined('ipaddress', primary?.address ?? null),
    ...defined('publicip', mapped?.public_address ?? null),
    ...defined('publicipid', mapped?.public_address_id ?? null),
    ...(parts.has('servoff') ? sizeOf(row) : {}),
    ...(traffic === undefined ? {} : trafficOf(traffic)),
    ...(parts.has('tmpl') ? templateOf(row) : {}),
    ...(parts.has('affgrp') ? { affinitygroup: affinityGroups.map(affinityGroupResponse) } : {}),
    ...(parts.has('nics') ? { nic: nics.map(nic => nicResponse(nic, viewer)) } : {}),
    ...(viewer === 'Root Admin' ? placement(row) : {}),
  };
}

function defined<K extends keyof InstanceEntity>(
  name: K,
  value: InstanceEntity[K] | null,
): InstanceEntity {
  return value === null ? {} : { [name]: value };
}

function keyPairs(names: readonly string[]): InstanceEntity {
  const [first] = names;
  return first === undefined ? {} : { keypair: first, keypairs: names.join(',') };
}

function userDataDetails({ user_data_details: details }: ShownInstance): InstanceEntity {
  return Object.keys(details).length === 0 ? {} : { userdatadetails: JSON.stringify(details) };
}

/** In KiB, as CloudStack says it. */
function trafficOf({ received, sent }: Traffic): InstanceEntity {
  return {
    networkkbsread: Math.floor(received / 1024),
    networkkbswrite: Math.floor(sent / 1024),
    receivedbytes: received,
    sentbytes: sent,
  };
}

function sizeOf(row: ShownInstance): InstanceEntity {
  return {
    serviceofferingid: row.service_offering_id,
    serviceofferingname: row.offering_name,
    cpunumber: row.cpu_number,
    cpuspeed: row.cpu_speed,
    memory: row.memory_mib,
  };
}

function templateOf(row: ShownInstance): InstanceEntity {
  return {
    templateid: row.template_id,
    templatename: row.template_name,
    templatedisplaytext: row.template_text,
    templateformat: row.template_format,
    templatetype: row.template_type,
  };
}

/** Where it runs: administrators' matter. */
function placement(row: ShownInstance): InstanceEntity {
  return {
    instancename: row.internal_name,
    ...defined('hostid', row.host_id),
    ...defined('hostname', row.host_name),
    ...defined('hostcontrolstate', row.host_state),
  };
}
