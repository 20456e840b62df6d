import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const templatePermissionEntity = defineEntity({
  name: 'templatepermission',
  fields: {
    domainid: field.text('Id of the domain that owns the template'),
    id: field.text('Id of the template'),
    ispublic: field.flag('Whether everybody may use it'),
  },
});
