import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields } from './shared.ts';

const fields = {
  ...ownerFields,
  ...projectFields,
  resourcetype: field.text('Number of the type of resource'),
  resourcetypename: field.text('Name of the type of resource, for example user_vm'),
} as const;

export const resourceLimitEntity = defineEntity({
  name: 'resourcelimit',
  fields: { ...fields, max: field.whole('Most that it may have; -1 for no limit') },
});

export const resourceCountEntity = defineEntity({
  name: 'resourcecount',
  fields: { ...fields, resourcecount: field.whole('How many it has') },
});
