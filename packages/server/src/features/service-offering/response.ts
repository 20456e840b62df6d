import type { ResultOf } from '@isola/api';
import type { ServiceOfferingRow } from '../../store/schema.ts';

interface OfferingWithPlaces extends ServiceOfferingRow {
  readonly domain_paths: readonly string[];
  readonly zone_names: readonly string[];
}

/** A service offering as the API shows it. */
export function serviceOfferingResponse(
  row: OfferingWithPlaces,
): ResultOf<'listServiceOfferings'>['items'][number] {
  return {
    id: row.id,
    name: row.name,
    displaytext: row.display_text,
    cpunumber: row.cpu_number,
    cpuspeed: row.cpu_speed,
    memory: row.memory_mib,
    created: row.created,
    state: row.state,
    issystem: row.is_system,
    defaultuse: row.is_system && row.is_default,
    offerha: row.offer_ha,
    limitcpuuse: row.limit_cpu_use,
    storagetype: row.storage_type,
    iscustomized: false,
    iscustomizediops: false,
    provisioningtype: 'thin',
    serviceofferingdetails: row.details,
    deploymentplanner: 'FirstFitPlanner',
    diskofferingstrictness: false,
    encryptroot: false,
    isvolatile: false,
    dynamicscalingenabled: false,
    ...(row.network_rate === null ? {} : { networkrate: row.network_rate }),
    ...(row.host_tags === null ? {} : { hosttags: row.host_tags }),
    ...(row.system_vm_type === null ? {} : { systemvmtype: row.system_vm_type }),
    ...(row.domain_ids.length === 0
      ? {}
      : { domainid: row.domain_ids.join(','), domain: row.domain_paths.join(',') }),
    ...(row.zone_ids.length === 0
      ? {}
      : { zoneid: row.zone_ids.join(','), zone: row.zone_names.join(',') }),
  };
}
