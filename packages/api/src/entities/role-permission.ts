import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const rolePermissionEntity = defineEntity({
  name: 'rolepermission',
  fields: {
    description: field.text('Description'),
    id: field.text('Id of the rule'),
    permission: field.text('allow or deny'),
    roleid: field.text('Id of its role'),
    rolename: field.text('Name of its role'),
    rule: field.text('Name of an API command; * stands for any letters'),
  },
});
