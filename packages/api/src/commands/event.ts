import { defineCommand } from '../define.ts';
import { eventEntity } from '../entities/event.ts';
import { eventTypeEntity } from '../entities/event-type.ts';

export const listEvents = defineCommand({
  name: 'listEvents',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    archived: { type: 'boolean', description: '' },
    domainid: { type: 'uuid', description: '' },
    duration: { type: 'integer', description: '' },
    enddate: { type: 'date', description: '' },
    entrytime: { type: 'integer', description: '' },
    id: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    level: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    projectid: { type: 'uuid', description: '' },
    resourceid: { type: 'string', description: '' },
    resourcetype: { type: 'string', description: '' },
    startdate: { type: 'date', description: '' },
    startid: { type: 'uuid', description: '' },
    state: { type: 'string', description: '' },
    type: { type: 'string', description: '' },
  },
  response: eventEntity,
  shape: 'list',
});

export const listEventTypes = defineCommand({
  name: 'listEventTypes',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {},
  response: eventTypeEntity,
  shape: 'list',
});
