import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields } from './shared.ts';

export const resourceDetailEntity = defineEntity({
  name: 'resourcedetail',
  fields: {
    ...ownerFields,
    key: field.text('Key'),
    ...projectFields,
    resourceid: field.text('Id of the object'),
    resourcetype: field.text('Kind of the object'),
    value: field.text('Value'),
  },
});
