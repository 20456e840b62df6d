import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const osTypeEntity = defineEntity({
  name: 'ostype',
  fields: {
    description: field.text('Name of the operating system'),
    fordisplay: field.flag('Whether it is shown to users'),
    id: field.text('Id of the operating system'),
    isuserdefined: field.flag('Whether an operator added it; false'),
    name: field.text('Name of the operating system'),
    oscategoryid: field.text('Id of its category'),
    oscategoryname: field.text('Name of its category'),
  },
});

export const osCategoryEntity = defineEntity({
  name: 'oscategory',
  fields: {
    id: field.text('Id of the category'),
    isfeatured: field.flag('Whether it is recommended'),
    name: field.text('Name of the category'),
  },
});
