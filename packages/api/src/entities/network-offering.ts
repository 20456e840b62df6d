import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { serviceFields } from './network-service.ts';
import { createdFields } from './shared.ts';

export const networkOfferingEntity = defineEntity({
  name: 'networkoffering',
  fields: {
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    availability: field.text('Optional or Required'),
    conservemode: field.flag('Whether one public address serves several kinds of rules'),
    ...createdFields,
    details: field.map('Free details'),
    displaytext: field.text('Text shown for it'),
    domain: field.text('Names of the domains that may use it, comma-separated'),
    domainid: field.text('Ids of the domains that may use it, comma-separated'),
    egressdefaultpolicy: field.flag('Whether guests reach the outside without an egress rule'),
    fornsx: field.flag('Whether it is for NSX; false'),
    fortungsten: field.flag('Whether it is for Tungsten Fabric; false'),
    forvpc: field.flag('Whether it is for tiers of VPCs'),
    guestiptype: field.text('Isolated or Shared'),
    id: field.text('Id of the offering'),
    internetprotocol: field.text('Protocol of the networks: IPv4'),
    isdefault: field.flag('Whether it came with the installation'),
    ispersistent: field.flag('Whether its networks run without instances'),
    maxconnections: field.whole('Largest number of connections of a load balancer'),
    name: field.text('Name of the offering'),
    networkmode: field.text('How its networks reach the outside: NATTED'),
    networkrate: field.whole('Network rate in Mbit/s'),
    service: field.objects('Its services', serviceFields),
    serviceofferingid: field.text('Id of the size of its routers'),
    specifyasnumber: field.flag('Whether its networks name an AS number; false'),
    specifyipranges: field.flag('Whether its networks name an address range'),
    specifyvlan: field.flag('Whether its networks may name a VLAN'),
    state: field.text('Enabled or Disabled'),
    supportsinternallb: field.flag('Whether it has internal load balancing'),
    supportspublicaccess: field.flag('Whether its networks can be reached from outside'),
    supportsstrechedl2subnet: field.flag('Whether its networks can span zones'),
    tags: field.text('Tags that a physical network must have'),
    traffictype: field.text('Kind of traffic: Guest'),
    zone: field.text('Names of the zones it is for, comma-separated'),
    zoneid: field.text('Ids of the zones it is for, comma-separated'),
  },
});
