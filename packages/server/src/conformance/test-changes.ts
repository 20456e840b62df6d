import { recordServerUrl } from '../fleet/server-url.ts';
import type { Driver, Params } from './test-driver.ts';
import type { People } from './test-people.ts';
import type { Tenancy } from './test-tenancy.ts';

interface Scene {
  readonly cloud: Driver;
  readonly people: People;
  readonly tenancy: Tenancy;
}

/** Carries out every command that changes something of a tenant's. */
export async function changeEverything(scene: Scene): Promise<void> {
  await changeInstances(scene);
  await changeNetworks(scene);
  await changeRules(scene);
  await changeProjects(scene);
}

function caller({ cloud, people, tenancy }: Scene) {
  return {
    call: (command: string, params: Params = {}) => cloud.call(people.owner, command, params),
    asAdmin: (command: string, params: Params = {}) =>
      cloud.call(cloud.server.admin, command, params),
    id: (name: string): string => tenancy.ids[name] ?? '',
  };
}

async function changeInstances(scene: Scene): Promise<void> {
  const { call, asAdmin, id } = caller(scene);
  const instance = { id: id('instance') };
  const ofInstance = { virtualmachineid: id('instance') };
  await call('updateVirtualMachine', { ...instance, displayname: 'web server' });
  await call('getVirtualMachineUserData', ofInstance);
  const added = await call('addNicToVirtualMachine', { ...ofInstance, networkid: id('second') });
  const nic = added.nic.find((one: { networkid: string }) => one.networkid === id('second')).id;
  await call('updateDefaultNicForVirtualMachine', { ...ofInstance, nicid: nic });
  await call('updateDefaultNicForVirtualMachine', { ...ofInstance, nicid: id('nic') });
  await call('updateVmNic', { nicid: nic, enabled: 'false' });
  await call('updateVmNic', { nicid: nic, enabled: 'true' });
  await call('removeNicFromVirtualMachine', { ...ofInstance, nicid: nic });
  await asAdmin('findHostsForMigration', ofInstance);
  await asAdmin('migrateVirtualMachine', { ...ofInstance, autoselect: 'true' });
  await call('rebootVirtualMachine', instance);
  await call('stopVirtualMachine', instance);
  await call('scaleVirtualMachine', { ...instance, serviceofferingid: id('larger') });
  await call('changeServiceForVirtualMachine', { ...instance, serviceofferingid: id('size') });
  await call('resetPasswordForVirtualMachine', instance);
  await call('getVMPassword', instance);
  await call('resetSSHKeyForVirtualMachine', { ...instance, keypair: 'key' });
  await call('resetUserDataForVirtualMachine', { ...instance, userdataid: id('userData') });
  await call('updateVMAffinityGroup', { ...instance, affinitygroupids: id('affinity') });
  await call('restoreVirtualMachine', ofInstance);
  await call('startVirtualMachine', instance);
  await call('updateVmNicIp', { nicid: id('nic') });
  await call('destroyVirtualMachine', { id: id('other') });
  await asAdmin('recoverVirtualMachine', { id: id('other') });
}

async function changeNetworks(scene: Scene): Promise<void> {
  const { call, asAdmin, id } = caller(scene);
  const network = { id: id('network') };
  await call('updateNetwork', {
    ...network,
    displaytext: 'the network',
    guestvmcidr: '10.1.1.0/25',
  });
  await call('restartNetwork', { ...network, cleanup: 'true' });
  const router = {
    id: (await asAdmin('listRouters', { networkid: id('network'), listall: 'true' })).id,
  };
  await asAdmin('getRouterHealthCheckResults', {
    routerid: router.id,
    performfreshchecks: 'true',
  });
  await asAdmin('runDiagnostics', {
    targetid: router.id,
    type: 'ping',
    ipaddress: '10.1.1.1',
    params: '-c 1',
  });
  await asAdmin('updateConfiguration', { name: 'endpoint.url', value: scene.cloud.server.url });
  await asAdmin('getDiagnosticsData', { targetid: router.id });
  await asAdmin('rebootRouter', router);
  const large = await asAdmin('createServiceOffering', {
    name: 'router',
    displaytext: 'for routers',
    cpunumber: '1',
    cpuspeed: '500',
    memory: '300',
    issystem: 'true',
    systemvmtype: 'domainrouter',
  });
  const small = (await asAdmin('listRouters', { ...router, listall: 'true' })).serviceofferingid;
  await asAdmin('stopRouter', router);
  const resized = { ...router, serviceofferingid: large.id };
  await asAdmin('changeServiceForRouter', resized);
  await asAdmin('changeServiceForSystemVm', { ...resized, serviceofferingid: small });
  await asAdmin('scaleSystemVm', resized);
  await asAdmin('startRouter', router);
  await asAdmin('migrateSystemVm', { virtualmachineid: router.id, autoselect: 'true' });
  await asAdmin('upgradeRouterTemplate', { zoneid: scene.tenancy.zone });
  await call('resetNetworkPermissions', { networkid: id('l2') });
  const named = { networkid: id('l2'), accounts: scene.people.boss.account };
  await call('createNetworkPermissions', named);
  await call('listNetworkPermissions', { networkid: id('l2') });
  await asAdmin('listRouters', { listall: 'true', fetchhealthcheckresults: 'true' });
  for (const command of ['listZones', 'listPods', 'listClusters'])
    await asAdmin(command, { showcapacities: 'true' });
  const clusterid = (await asAdmin('listClusters')).id;
  await asAdmin('listCapacity', { clusterid });
}

async function changeRules(scene: Scene): Promise<void> {
  const { call, asAdmin, id } = caller(scene);
  const shown = { fordisplay: 'true' };
  await call('updateFirewallRule', { ...shown, id: id('firewall') });
  await call('updateEgressFirewallRule', { ...shown, id: id('egress') });
  await call('updatePortForwardingRule', {
    id: id('forward'),
    privateport: '180',
    privateendport: '182',
  });
  await call('updateIpAddress', { ...shown, id: id('address') });
  await call('reserveIpAddress', {
    id: (await call('listPublicIpAddresses', { state: 'Free', allocatedonly: 'false' })).id,
  });
  await asAdmin('updateConfiguration', {
    name: 'public.ip.address.quarantine.duration',
    value: '60',
  });
  for (let at = 0; at < 2; at += 1) {
    const { id: address } = await call('associateIpAddress', { networkid: id('network') });
    await call('disassociateIpAddress', { id: address });
  }
  const quarantined = await asAdmin('listQuarantinedIps');
  const later = new Date(Date.now() + 7_200_000).toISOString().slice(0, 10);
  await asAdmin('updateQuarantinedIp', {
    id: quarantined.id,
    enddate: `${Number(later.slice(0, 4)) + 1}-01-01`,
  });
  await asAdmin('removeQuarantinedIp', { id: quarantined.id, removalreason: 'customer moved' });
  await asAdmin('listQuarantinedIps', { showremoved: 'true', showinactive: 'true' });
}

async function changeProjects(scene: Scene): Promise<void> {
  const { call, id } = caller(scene);
  const project = { id: id('project') };
  const inProject = { projectid: id('project') };
  await call('updateProject', { ...project, displaytext: 'the project' });
  await call('addUserToProject', { ...inProject, username: 'second', roletype: 'Regular' });
  await call('suspendProject', project);
  await call('activateProject', project);
}

/** Carries out the commands about what belongs to nobody: notes, alerts, settings, limits, counts, ranges. */
export async function changeTheRest(scene: Scene): Promise<void> {
  const { call, asAdmin, id } = caller(scene);
  const { owner, domain } = scene.people;
  const named = { account: owner.account, domainid: domain };
  for (const { id: entityid } of (
    await scene.cloud.server.call(scene.cloud.server.admin, 'listHosts')
  ).body.host)
    await asAdmin('addAnnotation', { entitytype: 'HOST', entityid, annotation: 'a note' });
  await asAdmin('findHostsForMigration', { virtualmachineid: id('instance') });
  const note = await call('addAnnotation', {
    entitytype: 'NETWORK',
    entityid: id('network'),
    annotation: 'a note',
  });
  await call('listAnnotations', { id: note.id });
  await asAdmin('updateResourceLimit', { ...named, resourcetype: '0', max: '30' });
  await asAdmin('updateResourceCount', named);
  await asAdmin('generateAlert', { name: 'alert', description: 'an alert', type: '9999' });
  await asAdmin('listAlerts');
  await asAdmin('updateConfiguration', { name: 'expunge.delay', value: '60' });
  await asAdmin('resetConfiguration', { name: 'expunge.delay' });
  const physicalnetworkid = (await asAdmin('listPhysicalNetworks', { zoneid: scene.tenancy.zone }))
    .id;
  const tags = await asAdmin('dedicateGuestVlanRange', {
    ...named,
    physicalnetworkid,
    vlanrange: '900-910',
  });
  await asAdmin('listDedicatedGuestVlanRanges');
  await asAdmin('listGuestVlans', { physicalnetworkid, vnet: '900' });
  await asAdmin('releaseDedicatedGuestVlanRange', { id: tags.id });
  const range = await asAdmin('createVlanIpRange', {
    zoneid: scene.tenancy.zone,
    physicalnetworkid,
    gateway: '192.0.2.129',
    netmask: '255.255.255.128',
    startip: '192.0.2.140',
    endip: '192.0.2.149',
    vlan: '1001',
    forvirtualnetwork: 'true',
  });
  await asAdmin('dedicatePublicIpRange', { ...named, id: range.id });
  await asAdmin('listVlanIpRanges', { id: range.id });
  await asAdmin('releasePublicIpRange', { id: range.id });
  await asAdmin('generateUsageRecords');
  await asAdmin('updateConfiguration', {
    name: 'webhook.delivery.tries',
    value: '4',
    domainid: domain,
  });
  await asAdmin('listDomains', { id: domain });
  await asAdmin('listGuestVlans', { physicalnetworkid, allocatedonly: 'true' });
  const mock = await asAdmin('configureSimulator', {
    zoneid: scene.tenancy.zone,
    name: 'StartCommand',
    value: 'wait:1',
    count: '1',
  });
  await asAdmin('querySimulatorMock', { id: mock.id });
  await asAdmin('cleanupSimulatorMock', { id: mock.id });
  const made = await asAdmin('createNetworkOffering', {
    name: 'made',
    displaytext: 'made',
    guestiptype: 'L2',
    traffictype: 'GUEST',
    specifyvlan: 'true',
    'details[0].promiscuousMode': 'true',
  });
  await asAdmin('createServiceOffering', {
    name: 'tagged',
    cpunumber: '1',
    cpuspeed: '500',
    memory: '256',
    hosttags: 'ssd',
  });
  await asAdmin('deleteNetworkOffering', { id: made.id });
  await call('queryAsyncJobResult', { jobid: id('job') });
  await recordServerUrl(scene.cloud.server.db, 'https://192.0.2.1:8250');
  await asAdmin('createHostToken', { hosttags: 'ssd', hypervisor: 'KVM' });
}

/** Takes everything of the tenant away, with every command that does. */
export async function takeTenancyAway(scene: Scene): Promise<void> {
  const { call, asAdmin, id } = caller(scene);
  const tags = { 'tags[0].key': 'colour', 'tags[0].value': 'green' };
  await call('deleteTags', { resourceids: id('network'), resourcetype: 'Network', ...tags });
  await asAdmin('removeResourceDetail', {
    resourceid: id('network'),
    resourcetype: 'Network',
    key: 'colour',
  });
  await call('removeAnnotation', { id: (await call('listAnnotations')).id });
  await call('removeNetworkPermissions', {
    networkid: id('l2'),
    accounts: scene.people.boss.account,
  });
  await call('removeIpFromNic', { id: id('secondary') });
  await call('deleteIpForwardingRule', { id: id('natRule') });
  await call('disableStaticNat', { ipaddressid: id('natAddress') });
  await call('deletePortForwardingRule', { id: id('forward') });
  await call('deleteFirewallRule', { id: id('firewall') });
  await call('deleteEgressFirewallRule', { id: id('egress') });
  await call('disassociateIpAddress', { id: id('ruleAddress') });
  const reserved = await call('listPublicIpAddresses', { state: 'Reserved' });
  await call('releaseIpAddress', { id: reserved.id });
  await call('deleteWebhookDelivery', { webhookid: id('webhook') });
  await call('deleteWebhook', { id: id('webhook') });
  await call('deleteUserFromProject', {
    projectid: id('project'),
    userid: (await asAdmin('listUsers', { username: 'second', listall: 'true' })).id,
  });
  await call('deleteAccountFromProject', {
    projectid: id('project'),
    account: scene.people.boss.account,
  });
  await call('deleteProject', { id: id('project'), cleanup: 'true' });
  await asAdmin('assignVirtualMachine', {
    virtualmachineid: id('other'),
    networkids: id('shared'),
    account: scene.people.boss.account,
    domainid: scene.people.domain,
  });
  await asAdmin('destroyVirtualMachine', { id: id('other') });
  await asAdmin('expungeVirtualMachine', { id: id('other') });
  await asAdmin('destroyVirtualMachine', { id: id('instance'), expunge: 'true' });
  const router = {
    id: (await asAdmin('listRouters', { networkid: id('network'), listall: 'true' })).id,
  };
  await asAdmin('destroyRouter', router);
  for (const network of ['network', 'second', 'l2'])
    await call('deleteNetwork', { id: id(network) });
  await asAdmin('deleteNetwork', { id: id('shared') });
  await call('deleteAffinityGroup', { id: id('affinity') });
  await call('deleteInstanceGroup', { id: id('group') });
  await call('deleteUserData', { id: id('userData') });
  await call('deleteSSHKeyPair', { name: 'key' });
  await asAdmin('prepareTemplate', { templateid: id('template'), zoneid: scene.tenancy.zone });
  await call('listTemplatePermissions', { id: id('template') });
  await call('updateTemplatePermissions', { id: id('template'), isextractable: 'true' });
  await call('deleteTemplate', { id: id('template') });
  await asAdmin('deleteServiceOffering', { id: id('size') });
  await asAdmin('deleteDiskOffering', { id: id('disk') });
  const always = { enddate: '2999-01-01' };
  for (const command of ['archiveEvents', 'deleteEvents', 'archiveAlerts', 'deleteAlerts'])
    await asAdmin(command, always);
  await asAdmin('updateConfiguration', { name: 'api.throttling.max', value: '100000' });
  await asAdmin('updateConfiguration', { name: 'api.throttling.enabled', value: 'true' });
  await asAdmin('getApiLimit');
  await asAdmin('resetApiLimit');
  await asAdmin('listCapabilities');
}
