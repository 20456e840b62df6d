import { defineEntity } from '../define.ts';

export const tagEntity = defineEntity({
  name: 'tag',
  fields: {
    account: { type: 'string', description: '' },
    customer: { type: 'string', description: '' },
    domain: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    domainpath: { type: 'string', description: '' },
    key: { type: 'string', description: '' },
    project: { type: 'string', description: '' },
    projectid: { type: 'string', description: '' },
    resourceid: { type: 'string', description: '' },
    resourcetype: { type: 'string', description: '' },
    value: { type: 'string', description: '' },
  },
});
