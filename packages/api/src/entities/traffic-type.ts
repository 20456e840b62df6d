import { defineEntity } from '../define.ts';

export const trafficTypeEntity = defineEntity({
  name: 'traffictype',
  fields: {
    hypervnetworklabel: { type: 'string', description: '' },
    id: { type: 'string', description: '' },
    kvmnetworklabel: { type: 'string', description: '' },
    ovm3networklabel: { type: 'string', description: '' },
    physicalnetworkid: { type: 'string', description: '' },
    traffictype: { type: 'string', description: '' },
    vmwarenetworklabel: { type: 'string', description: '' },
    xennetworklabel: { type: 'string', description: '' },
  },
});
