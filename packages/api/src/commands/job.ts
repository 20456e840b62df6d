import { defineCommand } from '../define.ts';
import { asyncJobEntity } from '../entities/async-job.ts';
import { param } from '../param.ts';
import { accountScopeParams, pageParams } from './common.ts';

export const queryAsyncJobResult = defineCommand({
  name: 'queryAsyncJobResult',
  description: 'Tells how far a job is, and its result when it has ended',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    jobid: param.id('Id of the job'),
    resourceid: param.id('Without jobid: the newest job of this object'),
    resourcetype: param.text('Kind of that object, for example Network'),
  },
  response: asyncJobEntity,
  shape: 'bare',
});

export const listAsyncJobs = defineCommand({
  name: 'listAsyncJobs',
  description: 'Lists jobs, the newest first; ended ones until their records expire',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...accountScopeParams,
    managementserverid: param.id('Show only jobs that this management server runs'),
    resourceid: param.id('Show only jobs of this object'),
    resourcetype: param.text('Show only jobs of this kind of object, for example Network'),
    startdate: param.date('Show only jobs that began at this time or later'),
  },
  response: asyncJobEntity,
  shape: 'list',
});
