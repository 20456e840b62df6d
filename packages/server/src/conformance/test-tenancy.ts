import type { Driver, Params } from './test-driver.ts';
import type { People } from './test-people.ts';
import { furnishProject, type Sites } from './test-project.ts';

/** Ids of what the owner has, by kind; what is public is not among them. */
export interface Tenancy {
  readonly zone: string;
  readonly ids: Readonly<Record<string, string>>;
}

/** Makes everything that a tenant can have, with every command that makes or changes such a thing. */
export async function makeTenancy(
  cloud: Driver,
  { owner, boss, domain, ...rest }: People,
  sites: Sites,
): Promise<Tenancy> {
  const { admin } = cloud.server;
  const call = (command: string, params: Params = {}) => cloud.call(owner, command, params);
  const asAdmin = (command: string, params: Params = {}) => cloud.call(admin, command, params);
  const zone = (await asAdmin('listZones', { name: 'zone1' })).id;
  const zoneid = { zoneid: zone };
  await asAdmin('updateConfiguration', {
    ...zoneid,
    name: 'allow.end.users.to.specify.vr.mtu',
    value: 'true',
  });
  const offeringOf = async (name: string) =>
    (await asAdmin('listNetworkOfferings', { name })).id as string;
  const isolated = await offeringOf('DefaultIsolatedNetworkOfferingWithSourceNatService');
  const size = await asAdmin('createServiceOffering', {
    name: 'size',
    displaytext: 'a size',
    cpunumber: '1',
    cpuspeed: '500',
    memory: '256',
    networkrate: '100',

    domainid: domain,
    zoneid: zone,
    'serviceofferingdetails[0].key': 'a',
    'serviceofferingdetails[0].value': 'b',
  });
  const larger = await asAdmin('createServiceOffering', {
    name: 'larger',
    displaytext: 'a larger size',
    cpunumber: '2',
    cpuspeed: '500',
    memory: '512',
  });
  await asAdmin('updateServiceOffering', { id: size.id, displaytext: 'the size' });
  const disk = await asAdmin('createDiskOffering', {
    name: 'disk',
    displaytext: 'a disk',
    disksize: '5',
    tags: 'ssd',
    domainid: domain,
    zoneid: zone,
  });
  await asAdmin('updateDiskOffering', { id: disk.id, displaytext: 'the disk' });
  const cloned = await asAdmin('cloneNetworkOffering', {
    name: 'cloned',
    sourceofferingid: isolated,
    networkrate: '50',
    domainid: domain,
    zoneid: zone,
  });
  await asAdmin('updateNetworkOffering', { id: cloned.id, state: 'Enabled', tags: 'fabric' });
  await asAdmin('updateNetworkOffering', { id: cloned.id, tags: '' });
  const template = await registerTemplate(cloud, { owner, zone, url: sites.image });

  const network = await call('createNetwork', {
    ...zoneid,
    name: 'net',
    displaytext: 'a network',
    networkofferingid: isolated,
    networkdomain: 'net.example',
    externalid: 'a-17',
    dns1: '192.0.2.60',
    dns2: '192.0.2.61',
    publicmtu: '1450',
    privatemtu: '1450',
  });
  const networkid = network.id;
  const second = await call('createNetwork', {
    ...zoneid,
    name: 'second',
    networkofferingid: isolated,
  });
  const shared = await asAdmin('createNetwork', {
    ...zoneid,
    name: 'shared',
    networkofferingid: await offeringOf('DefaultSharedNetworkOffering'),
    gateway: '172.20.0.1',
    netmask: '255.255.255.0',
    startip: '172.20.0.10',
    endip: '172.20.0.99',
    vlan: '2000',
    acltype: 'Domain',
    domainid: domain,
    subdomainaccess: 'true',
  });
  const l2 = await call('createNetwork', {
    ...zoneid,
    name: 'segment',
    networkofferingid: await offeringOf('DefaultL2NetworkOffering'),
  });

  const keyPair = await call('createSSHKeyPair', { name: 'key' });
  await call('registerSSHKeyPair', {
    name: 'registered',
    publickey:
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5zXr0nY0Y2nCqVyqQ8v6xq8i0jv3m0Qy7m2l1oZ1aB me',
  });
  const userData = await call('registerUserData', {
    name: 'data',
    userdata: Buffer.from('#cloud-config\n{}').toString('base64'),
    params: 'a,b',
  });
  const group = await call('createInstanceGroup', { name: 'group' });
  await call('updateInstanceGroup', { id: group.id, name: 'group-1' });
  const affinity = await call('createAffinityGroup', {
    name: 'apart',
    type: 'host anti-affinity',
    description: 'not together',
  });
  const instance = await call('deployVirtualMachine', {
    ...zoneid,
    name: 'web',
    displayname: 'the web server',
    networkids: `${networkid},${shared.id}`,
    serviceofferingid: size.id,
    templateid: template,
    keypairs: 'key',
    group: 'group-1',
    affinitygroupids: affinity.id,
    userdataid: userData.id,
    'userdatadetails[0].a': '1',
    'details[0].colour': 'green',
  });
  const virtualmachineid = instance.id;
  const nic = instance.nic[0].id;
  const other = await call('deployVirtualMachine', {
    ...zoneid,
    name: 'spare',
    networkids: networkid,
    serviceofferingid: larger.id,
    templateid: template,
    startvm: 'false',
  });
  await call('createTags', {
    resourceids: virtualmachineid,
    resourcetype: 'UserVm',
    customer: 'theirs',
    'tags[0].key': 'colour',
    'tags[0].value': 'green',
  });
  const address = await call('associateIpAddress', { networkid });
  const natAddress = await call('associateIpAddress', { networkid });
  const ruleAddress = await call('associateIpAddress', { networkid });
  const tcp = { protocol: 'tcp', startport: '80', endport: '90', cidrlist: '192.0.2.0/24' };
  const firewall = await call('createFirewallRule', { ...tcp, ipaddressid: address.id });
  const icmp = await call('createFirewallRule', {
    ipaddressid: address.id,
    protocol: 'icmp',
    icmptype: '8',
    icmpcode: '0',
    cidrlist: '192.0.2.0/24',
  });
  const egress = await call('createEgressFirewallRule', {
    networkid,
    protocol: 'tcp',
    startport: '80',
    endport: '90',
    cidrlist: network.cidr,
    destcidrlist: '192.0.2.0/24',
  });
  const forward = await call('createPortForwardingRule', {
    ipaddressid: address.id,
    virtualmachineid,
    protocol: 'tcp',
    publicport: '80',
    publicendport: '82',
    privateport: '80',
    privateendport: '82',
    openfirewall: 'false',
  });
  await call('enableStaticNat', { ipaddressid: natAddress.id, virtualmachineid });
  const natRule = await call('createIpForwardingRule', {
    ipaddressid: natAddress.id,
    protocol: 'tcp',
    startport: '443',
    endport: '443',
  });
  const secondary = await call('addIpToNic', { nicid: nic });
  const project = await call('createProject', { name: 'project', displaytext: 'a project' });
  const inProject = { projectid: project.id };
  await call('addAccountToProject', { ...inProject, account: boss.account });
  const projectNetwork = await call('createNetwork', {
    ...zoneid,
    ...inProject,
    name: 'project-net',
    networkofferingid: isolated,
  });
  const tagged: readonly (readonly [string, string])[] = [
    ['Network', networkid],
    ['PublicIpAddress', address.id],
    ['FirewallRule', firewall.id],
    ['PortForwardingRule', forward.id],
    ['Project', project.id],
    ['Template', template],
  ];
  for (const [resourcetype, resourceids] of tagged)
    await call('createTags', {
      resourceids,
      resourcetype,
      'tags[0].key': 'colour',
      'tags[0].value': 'green',
    });
  const volume = await call('listVolumes', { virtualmachineid });
  await call('createTags', {
    resourceids: volume.id,
    resourcetype: 'Volume',
    'tags[0].key': 'a',
    'tags[0].value': 'b',
  });
  await asAdmin('addResourceDetail', {
    resourceid: networkid,
    resourcetype: 'Network',
    'details[0].key': 'colour',
    'details[0].value': 'red',
  });
  await call('createNetworkPermissions', { networkid: l2.id, accounts: boss.account });
  await furnishProject(cloud, {
    people: { owner, boss, domain, ...rest },
    zone,
    project: project.id,
    network: projectNetwork.id,
    l2: l2.id,
    offering: larger.id,
    sites,
    template: (await call('listTemplates', { templatefilter: 'featured' })).id,
  });
  const hook = await call('createWebhook', {
    name: 'hook',
    description: 'a hook',
    payloadurl: sites.hook,
    secretkey: 'a secret',
  });
  await call('updateWebhook', { id: hook.id, description: 'the hook' });
  await call('executeWebhookDelivery', { webhookid: hook.id, payload: '{}' });
  const router = await asAdmin('listRouters', { networkid, listall: 'true' });
  const job = await call('listAsyncJobs');
  const event = await call('listEvents');
  return {
    zone,
    ids: {
      owner: owner.accountId,
      ownerUser: owner.userId,
      network: networkid,
      second: second.id,
      l2: l2.id,
      shared: shared.id,
      keyPair: keyPair.id ?? (await call('listSSHKeyPairs', { name: 'key' })).id,
      userData: userData.id,
      group: group.id,
      affinity: affinity.id,
      instance: virtualmachineid,
      other: other.id,
      nic,
      address: address.id,
      natAddress: natAddress.id,
      ruleAddress: ruleAddress.id,
      firewall: firewall.id,
      icmp: icmp.id,
      egress: egress.id,
      forward: forward.id,
      natRule: natRule.id,
      secondary: secondary.id,
      project: project.id,
      projectNetwork: projectNetwork.id,
      volume: volume.id,
      webhook: hook.id,
      router: router.id,
      template,
      job: job.jobid ?? job.id,
      event: event.id,
      size: size.id,
      larger: larger.id,
      disk: disk.id,
      cloned: cloned.id,
    },
  };
}

async function registerTemplate(
  cloud: Driver,
  {
    owner,
    zone,
    url,
  }: { readonly owner: People['owner']; readonly zone: string; readonly url: string },
): Promise<string> {
  const os = await cloud.call(owner, 'listOsTypes', { keyword: 'debian' });
  const { id } = await cloud.call(owner, 'registerTemplate', {
    name: 'image',
    displaytext: 'an image',
    format: 'RAW',
    hypervisor: 'Simulator',
    url,
    zoneid: zone,
    ostypeid: os.id,
    passwordenabled: 'true',
    'details[0].a': 'b',
  });
  await cloud.call(owner, 'updateTemplate', { id, displaytext: 'the image' });
  return id;
}
