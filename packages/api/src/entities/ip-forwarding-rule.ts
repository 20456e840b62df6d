import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { taggedFields } from './shared.ts';

export const ipForwardingRuleEntity = defineEntity({
  name: 'ipforwardingrule',
  fields: {
    cidrlist: field.text('Sources, comma-separated'),
    endport: field.whole('Last port, on both sides'),
    fordisplay: field.flag('Whether the owner sees it'),
    id: field.text('Id of the firewall rule that opens the ports'),
    ipaddress: field.text('Public address'),
    ipaddressid: field.text('Id of the public address'),
    networkid: field.text('Id of the network'),
    privateendport: field.text('Last port of the instance'),
    privateport: field.text('First port of the instance'),
    protocol: field.text('tcp or udp'),
    publicendport: field.text('Last public port'),
    publicport: field.text('First public port'),
    startport: field.whole('First port, on both sides'),
    state: field.text('Add, Active, Revoke or Deleting'),
    ...taggedFields,
    virtualmachinedisplayname: field.text('Text shown for the instance'),
    virtualmachineid: field.text('Id of the instance'),
    virtualmachinename: field.text('Name of the instance'),
    vmguestip: field.text('Address of the instance'),
  },
});
