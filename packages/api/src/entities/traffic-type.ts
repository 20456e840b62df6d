import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const trafficTypeEntity = defineEntity({
  name: 'traffictype',
  fields: {
    id: field.text('Id of the traffic type'),
    kvmnetworklabel: field.text('Bridge that carries it on KVM hosts'),
    physicalnetworkid: field.text('Id of its physical network'),
    traffictype: field.text('Guest, Public, Management or Storage'),
  },
});
