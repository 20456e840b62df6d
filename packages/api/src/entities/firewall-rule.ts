import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { taggedFields } from './shared.ts';

export const firewallRuleEntity = defineEntity({
  name: 'firewallrule',
  fields: {
    cidrlist: field.text('Sources, comma-separated'),
    destcidrlist: field.text('Destinations of an egress rule, comma-separated'),
    endport: field.whole('Last port'),
    fordisplay: field.flag('Whether the owner sees it'),
    icmpcode: field.whole('ICMP code; -1 for all'),
    icmptype: field.whole('ICMP type; -1 for all'),
    id: field.text('Id of the rule'),
    ipaddress: field.text('Public address'),
    ipaddressid: field.text('Id of the public address'),
    networkid: field.text('Id of the network'),
    protocol: field.text('tcp, udp, icmp or all'),
    startport: field.whole('First port'),
    state: field.text('Add, Active, Revoke or Deleting'),
    ...taggedFields,
    traffictype: field.text('Ingress or Egress'),
  },
});
