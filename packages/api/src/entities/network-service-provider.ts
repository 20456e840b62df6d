import { defineEntity } from '../define.ts';

export const networkServiceProviderEntity = defineEntity({
  name: 'networkserviceprovider',
  fields: {
    canenableindividualservice: { type: 'boolean', description: '' },
    destinationphysicalnetworkid: { type: 'string', description: '' },
    id: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    physicalnetworkid: { type: 'string', description: '' },
    servicelist: { type: 'list', description: '' },
    state: { type: 'string', description: '' },
  },
});
