import { defineEntity } from '../define.ts';

export const physicalNetworkEntity = defineEntity({
  name: 'physicalnetwork',
  fields: {
    broadcastdomainrange: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    id: { type: 'string', description: '' },
    isolationmethods: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    networkspeed: { type: 'string', description: '' },
    state: { type: 'string', description: '' },
    tags: { type: 'string', description: '' },
    vlan: { type: 'string', description: '' },
    zoneid: { type: 'string', description: '' },
    zonename: { type: 'string', description: '' },
  },
});
