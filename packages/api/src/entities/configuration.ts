import { defineEntity } from '../define.ts';

export const configurationEntity = defineEntity({
  name: 'configuration',
  fields: {
    category: { type: 'string', description: '' },
    component: { type: 'string', description: '' },
    defaultvalue: { type: 'string', description: '' },
    description: { type: 'string', description: '' },
    displaytext: { type: 'string', description: '' },
    group: { type: 'string', description: '' },
    id: { type: 'integer', description: '' },
    isdynamic: { type: 'boolean', description: '' },
    name: { type: 'string', description: '' },
    options: { type: 'string', description: '' },
    parent: { type: 'string', description: '' },
    scope: { type: 'string', description: '' },
    subgroup: { type: 'string', description: '' },
    type: { type: 'string', description: '' },
    value: { type: 'string', description: '' },
  },
});
