import { defineEntity } from '../define.ts';

export const asyncJobEntity = defineEntity({
  name: 'asyncjobs',
  fields: {
    account: { type: 'string', description: '' },
    accountid: { type: 'string', description: '' },
    cmd: { type: 'string', description: '' },
    completed: { type: 'string', description: '' },
    created: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    domainpath: { type: 'string', description: '' },
    jobid: { type: 'string', description: '' },
    jobinstanceid: { type: 'string', description: '' },
    jobinstancetype: { type: 'string', description: '' },
    jobprocstatus: { type: 'integer', description: '' },
    jobresult: { type: 'any', description: '' },
    jobresultcode: { type: 'integer', description: '' },
    jobresulttype: { type: 'string', description: '' },
    jobstatus: { type: 'integer', description: '' },
    managementserverid: { type: 'uuid', description: '' },
    managementservername: { type: 'string', description: '' },
    userid: { type: 'string', description: '' },
  },
});
