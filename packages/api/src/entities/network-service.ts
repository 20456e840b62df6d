import { defineEntity } from '../define.ts';

export const networkServiceEntity = defineEntity({
  name: 'networkservice',
  fields: {
    capability: {
      type: 'list',
      description: '',
      fields: {
        canchooseservicecapability: { type: 'boolean', description: '' },
        name: { type: 'string', description: '' },
        value: { type: 'string', description: '' },
      },
    },
    name: { type: 'string', description: '' },
    provider: {
      type: 'list',
      description: '',
      fields: {
        canenableindividualservice: { type: 'boolean', description: '' },
        destinationphysicalnetworkid: { type: 'string', description: '' },
        id: { type: 'string', description: '' },
        name: { type: 'string', description: '' },
        physicalnetworkid: { type: 'string', description: '' },
        servicelist: { type: 'list', description: '' },
        state: { type: 'string', description: '' },
      },
    },
  },
});
