import { defineEntity } from '../define.ts';

export const eventEntity = defineEntity({
  name: 'event',
  fields: {
    account: { type: 'string', description: '' },
    archived: { type: 'boolean', description: '' },
    created: { type: 'string', description: '' },
    description: { type: 'string', description: '' },
    domain: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    domainpath: { type: 'string', description: '' },
    id: { type: 'string', description: '' },
    level: { type: 'string', description: '' },
    parentid: { type: 'string', description: '' },
    project: { type: 'string', description: '' },
    projectid: { type: 'string', description: '' },
    resourceid: { type: 'string', description: '' },
    resourcename: { type: 'string', description: '' },
    resourcetype: { type: 'string', description: '' },
    state: { type: 'string', description: '' },
    type: { type: 'string', description: '' },
    username: { type: 'string', description: '' },
  },
});
