import { defineEntity } from '../define.ts';

export const apiEntity = defineEntity({
  name: 'api',
  fields: {
    description: { type: 'string', description: '' },
    isasync: { type: 'boolean', description: '' },
    name: { type: 'string', description: '' },
    params: {
      type: 'list',
      description: '',
      fields: {
        description: { type: 'string', description: '' },
        length: { type: 'integer', description: '' },
        name: { type: 'string', description: '' },
        related: { type: 'string', description: '' },
        required: { type: 'boolean', description: '' },
        since: { type: 'string', description: '' },
        type: { type: 'string', description: '' },
      },
    },
    related: { type: 'string', description: '' },
    response: {
      type: 'list',
      description: '',
      fields: {
        description: { type: 'string', description: '' },
        name: { type: 'string', description: '' },
        response: { type: 'list', description: '' },
        type: { type: 'string', description: '' },
      },
    },
    since: { type: 'string', description: '' },
    type: { type: 'string', description: '' },
  },
});
