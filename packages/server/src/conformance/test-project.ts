import type { Driver, Params } from './test-driver.ts';
import type { People } from './test-people.ts';

export interface ForProject {
  readonly people: People;
  readonly zone: string;
  readonly project: string;
  readonly network: string;
  readonly l2: string;
  readonly offering: string;
  readonly template: string;
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
  await call('deployVirtualMachine', {
    zoneid: of.zone,
    name: 'project-web',
    networkids: of.network,
    serviceofferingid: of.offering,
    templateid: of.template,
    group: 'project-group',
    userdata: 'YQ==',
  });
  await call('associateIpAddress', { networkid: of.network });
  await cloud.call(of.people.owner, 'createNetworkPermissions', {
    networkid: of.l2,
    projectids: of.project,
  });
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
