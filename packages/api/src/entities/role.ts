import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const roleEntity = defineEntity({
  name: 'role',
  fields: {
    description: field.text('Description'),
    id: field.text('Id of the role'),
    isdefault: field.flag('Whether it came with the installation and cannot be changed'),
    ispublic: field.flag('Whether administrators of domains see it'),
    name: field.text('Name of the role'),
    state: field.text('enabled or disabled'),
    type: field.text('Kind: Admin, ResourceAdmin, DomainAdmin or User'),
  },
});
