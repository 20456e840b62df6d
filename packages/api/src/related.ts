import type { CommandDefinition } from './define.ts';

/** The command that lists what a parameter of this name refers to. */
const listedBy: ReadonlyMap<string, string> = new Map([
  ['clusterid', 'listClusters'],
  ['domainid', 'listDomains'],
  ['parentdomainid', 'listDomains'],
  ['hostid', 'listHosts'],
  ['imagestoreid', 'listImageStores'],
  ['ipaddressid', 'listPublicIpAddresses'],
  ['jobid', 'listAsyncJobs'],
  ['networkid', 'listNetworks'],
  ['networkids', 'listNetworks'],
  ['associatednetworkid', 'listNetworks'],
  ['networkofferingid', 'listNetworkOfferings'],
  ['nicid', 'listNics'],
  ['oscategoryid', 'listOsCategories'],
  ['ostypeid', 'listOsTypes'],
  ['physicalnetworkid', 'listPhysicalNetworks'],
  ['podid', 'listPods'],
  ['routerid', 'listRouters'],
  ['serviceofferingid', 'listServiceOfferings'],
  ['templateid', 'listTemplates'],
  ['userid', 'listUsers'],
  ['virtualmachineid', 'listVirtualMachines'],
  ['vlanid', 'listVlanIpRanges'],
  ['zoneid', 'listZones'],
]);

/** Names of the other commands of `all` with the same answer, comma-separated; empty when there is none. */
export function relatedCommands(
  command: CommandDefinition,
  all: readonly CommandDefinition[],
): string {
  if (command.shape === 'success') return '';
  return all
    .filter(other => other.name !== command.name && other.shape !== 'success')
    .filter(other => other.response.fields === command.response.fields)
    .map(other => other.name)
    .join(',');
}

/** Name of the command of `all` that lists what the parameter refers to; undefined when there is none. */
export function relatedToParam(
  command: CommandDefinition,
  name: string,
  all: readonly CommandDefinition[],
): string | undefined {
  const listed = listedBy.get(name);
  return all.find(other => {
    if (name !== 'id' && name !== 'ids') return other.name === listed;
    return other.shape === 'list' && other.response.fields === command.response.fields;
  })?.name;
}
