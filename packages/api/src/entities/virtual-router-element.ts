import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields } from './shared.ts';

export const virtualRouterElementEntity = defineEntity({
  name: 'virtualrouterelement',
  fields: {
    ...ownerFields,
    ...projectFields,
    enabled: field.flag('Whether it is enabled'),
    id: field.text('Id of the element'),
    nspid: field.text('Id of its provider'),
  },
});
