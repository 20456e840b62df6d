import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields } from './shared.ts';

export const asyncJobEntity = defineEntity({
  name: 'asyncjobs',
  fields: {
    account: field.text('Account that began it'),
    accountid: field.text('Id of that account'),
    cmd: field.text('Command that began it'),
    completed: field.date('When it ended'),
    ...createdFields,
    domainid: field.text('Id of the domain of that account'),
    domainpath: field.text('Path of that domain'),
    jobid: field.text('Id of the job'),
    jobinstanceid: field.text('Id of the object it works on'),
    jobinstancetype: field.text('Kind of that object'),
    jobprocstatus: field.whole('Progress; 0'),
    jobresult: field.any('The answer of the command, or errorcode and errortext'),
    jobresultcode: field.whole('0, or the error code'),
    jobresulttype: field.text('How the result is written: object or text'),
    jobstatus: field.whole('0 under way, 1 done, 2 failed'),
    managementserverid: field.text('Id of the management server that runs it'),
    managementservername: field.text('Name of that management server'),
    userid: field.text('Id of the user that began it'),
  },
});
