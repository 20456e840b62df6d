import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields } from './shared.ts';

export const dedicatedVlanRangeEntity = defineEntity({
  name: 'dedicatedguestvlanrange',
  fields: {
    ...ownerFields,
    guestvlanrange: field.text('First and last tag, for example 100-109'),
    id: field.text('Id of the range'),
    physicalnetworkid: field.whole('Internal number of the physical network'),
    ...projectFields,
    zoneid: field.whole('Internal number of the zone'),
  },
});
