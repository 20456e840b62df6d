import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, ownerFields, projectFields } from './shared.ts';

export const instanceGroupEntity = defineEntity({
  name: 'instancegroup',
  fields: {
    hasannotations: field.flag('Whether somebody wrote notes about it'),
    ...ownerFields,
    ...createdFields,
    id: field.text('Id of the group'),
    name: field.text('Name of the group'),
    ...projectFields,
  },
});
