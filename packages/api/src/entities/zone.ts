import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { capacityFields } from './capacity.ts';
import { taggedFields } from './shared.ts';

export const zoneEntity = defineEntity({
  name: 'zone',
  fields: {
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    allocationstate: field.text('Whether it can be used: Enabled or Disabled'),
    allowuserspecifyvrmtu: field.flag('Whether users may choose the largest packet'),
    capacity: field.objects('What there is in it, where asked for', capacityFields),
    description: field.text('Text about it'),
    dhcpprovider: field.text('Who gives out addresses: VirtualRouter'),
    displaytext: field.text('Text shown for it'),
    dns1: field.text('First DNS server that routers ask'),
    dns2: field.text('Second DNS server that routers ask'),
    domain: field.text('Suffix for the names of the instances'),
    domainid: field.text('Id of the domain it is set aside for'),
    domainname: field.text('Name of the domain it is set aside for'),
    guestcidraddress: field.text('Addresses of a network that does not name its own'),
    id: field.text('Id of the zone'),
    internaldns1: field.text('First DNS server of the hosts'),
    internaldns2: field.text('Second DNS server of the hosts'),
    ismultiarch: field.flag('Whether it has hosts of several architectures'),
    localstorageenabled: field.flag('Whether the disks of the hosts are used'),
    name: field.text('Name of the zone'),
    networktype: field.text('Type of its networks: Advanced'),
    resourcedetails: field.map('Free details'),
    routedmodeenabled: field.flag('Whether networks can be routed without NAT'),
    routerprivateinterfacemaxmtu: field.whole('Largest packet a router passes inside, in bytes'),
    routerpublicinterfacemaxmtu: field.whole('Largest packet a router passes outside, in bytes'),
    securitygroupsenabled: field.flag('Whether it has security groups'),
    ...taggedFields,
    type: field.text('Kind of zone: Core or Edge'),
    zonetoken: field.text('Token for system machines; shown to administrators'),
  },
});
