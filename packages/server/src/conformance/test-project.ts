import type { Driver, Params } from './test-driver.ts';
import type { People } from './test-people.ts';

export interface Sites {
  /** Of a receiver of webhooks on loopback. */
  readonly hook: string;
  /** Of a template's image on loopback. */
  readonly image: string;
}

export interface ForProject {
  readonly people: People;
  readonly zone: string;
  readonly project: string;
  readonly network: string;
  readonly l2: string;
  readonly offering: string;
  readonly template: string;
  readonly sites: Sites;
}

/** Gives a project one of everything that projects can have. */
export async function furnishProject(cloud: Driver, of: ForProject): Promise<void> {
  const inProject = { projectid: of.project };
  const call = (command: string, params: Params = {}) =>
    cloud.call(of.people.owner, command, { ...inProject, ...params });
  const asAdmin = (command: string, params: Params = {}) =>
    cloud.call(cloud.server.admin, command, { ...inProject, ...params });
  await call('createSSHKeyPair', { name: 'project-key' });
  await call('registerUserData', { name: 'project-data', userdata: 'YQ==' });
  await call('createInstanceGroup', { name: 'project-group' });
  await call('createAffinityGroup', { name: 'project-apart', type: 'host anti-affinity' });
  const instance = await call('deployVirtualMachine', {
    zoneid: of.zone,
    name: 'project-web',
    networkids: of.network,
    serviceofferingid: of.offering,
    templateid: of.template,
    group: 'project-group',
    userdata: 'YQ==',
  });
  const { id: resourceids }: { id: string } = instance;
  const tag = { 'tags[0].key': 'colour', 'tags[0].value': 'green' };
  await cloud.call(of.people.owner, 'createTags', { resourceids, resourcetype: 'UserVm', ...tag });
  await call('associateIpAddress', { networkid: of.network });
  await call('createWebhook', { name: 'project-hook', payloadurl: of.sites.hook });
  const os = await cloud.call(of.people.owner, 'listOsTypes', { keyword: 'debian' });
  await call('registerTemplate', {
    name: 'project-image',
    format: 'RAW',
    hypervisor: 'Simulator',
    url: of.sites.image,
    zoneid: of.zone,
    ostypeid: os.id,
  });
  await setAside(cloud, of);
  await cloud.call(of.people.owner, 'createNetworkPermissions', {
    networkid: of.l2,
    projectids: of.project,
  });
  await cloud.call(of.people.owner, 'listNetworkPermissions', { networkid: of.l2 });
  await asAdmin('updateResourceLimit', { resourcetype: '0', max: '10' });
  await asAdmin('updateResourceCount', { resourcetype: '0', domainid: of.people.domain });
  await asAdmin('listResourceLimits');
  await asAdmin('generateUsageRecords');
  await asAdmin('listUsageRecords', {
    startdate: '2020-01-01',
    enddate: '2999-01-01',
    includetags: 'true',
  });
  for (const command of [
    'listNetworks',
    'listVirtualMachines',
    'listVolumes',
    'listPublicIpAddresses',
    'listUserData',
    'listSSHKeyPairs',
    'listInstanceGroups',
    'listAffinityGroups',
  ])
    await call(command);
  await asAdmin('listRouters');
  await call('listVirtualMachines', { userdata: 'true' });
}

/** Sets tags and public addresses aside for the project, shows them and gives them back. */
async function setAside(cloud: Driver, { zone, project }: ForProject): Promise<void> {
  const call = (command: string, params: Params) => cloud.call(cloud.server.admin, command, params);
  const physicalnetworkid: string = (await call('listPhysicalNetworks', { zoneid: zone })).id;
  const inProject = { projectid: project, physicalnetworkid };
  const tags = await call('dedicateGuestVlanRange', { ...inProject, vlanrange: '920-921' });
  await call('listDedicatedGuestVlanRanges', inProject);
  await call('listGuestVlans', { physicalnetworkid, vnet: '920' });
  await call('releaseDedicatedGuestVlanRange', { id: tags.id });
  const range = await call('createVlanIpRange', {
    ...inProject,
    zoneid: zone,
    gateway: '192.0.2.65',
    netmask: '255.255.255.192',
    startip: '192.0.2.70',
    endip: '192.0.2.79',
    vlan: '1002',
    forvirtualnetwork: 'true',
  });
  await call('releasePublicIpRange', { id: range.id });
  await call('deleteVlanIpRange', { id: range.id });
}
