import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const regionEntity = defineEntity({
  name: 'region',
  fields: {
    endpoint: field.text('Where its API is'),
    gslbserviceenabled: field.flag('Whether load is balanced across regions; false'),
    id: field.whole('Number of the region: 1'),
    name: field.text('Name of the region: Local'),
    portableipserviceenabled: field.flag('Whether addresses move between zones; false'),
  },
});
