import { defineCommand } from '../define.ts';
import { asyncJobEntity } from '../entities/async-job.ts';

export const queryAsyncJobResult = defineCommand({
  name: 'queryAsyncJobResult',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    jobid: { type: 'uuid', description: '' },
    resourceid: { type: 'string', description: '' },
    resourcetype: { type: 'string', description: '' },
  },
  response: asyncJobEntity,
  shape: 'bare',
});

export const listAsyncJobs = defineCommand({
  name: 'listAsyncJobs',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    managementserverid: { type: 'uuid', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    resourceid: { type: 'string', description: '' },
    resourcetype: { type: 'string', description: '' },
    startdate: { type: 'date', description: '' },
  },
  response: asyncJobEntity,
  shape: 'list',
});
