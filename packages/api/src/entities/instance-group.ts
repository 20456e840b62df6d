import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, ownerFields, projectFields } from './shared.ts';

export const instanceGroupEntity = defineEntity({
  name: 'instancegroup',
  fields: {
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    ...ownerFields,
    ...createdFields,
    id: field.text('Id of the group'),
    name: field.text('Name of the group'),
    ...projectFields,
  },
});
