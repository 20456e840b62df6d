import { defineCommand } from '../define.ts';
import { alertEntity } from '../entities/alert.ts';
import { alertTypeEntity } from '../entities/alert-type.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

/** Which alerts to archive or delete; those that are given must all match. */
const chosen = {
  enddate: param.date('Alerts sent up to this time'),
  ids: param.ids('These alerts'),
  startdate: param.date('With enddate: alerts sent from this time on'),
  type: param.text('Alerts of this type, by its number'),
} as const;

export const listAlerts = defineCommand({
  name: 'listAlerts',
  description: 'Lists the alerts that are not archived, the newest first',
  async: false,
  roles: ['Root Admin', 'Resource Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this alert'),
    name: param.text('Show only alerts of this name'),
    type: param.text('Show only alerts of this type, by its number'),
  },
  response: alertEntity,
  shape: 'list',
});

export const listAlertTypes = defineCommand({
  name: 'listAlertTypes',
  description: 'Lists the types that alerts can have',
  async: false,
  roles: ['Root Admin'],
  params: {},
  response: alertTypeEntity,
  shape: 'list',
});

export const archiveAlerts = defineCommand({
  name: 'archiveAlerts',
  description: 'Puts alerts away: they are listed no more',
  async: false,
  roles: ['Root Admin'],
  params: chosen,
  response: successEntity,
  shape: 'success',
});

export const deleteAlerts = defineCommand({
  name: 'deleteAlerts',
  description: 'Deletes alerts that are not archived',
  async: false,
  roles: ['Root Admin'],
  params: chosen,
  response: successEntity,
  shape: 'success',
});

export const generateAlert = defineCommand({
  name: 'generateAlert',
  description: 'Raises an alert',
  async: true,
  roles: ['Root Admin'],
  params: {
    description: param.text('What is wrong', { required: true, length: 999 }),
    name: param.text('Name of its type', required),
    podid: param.id('Pod that it is about'),
    type: param.whole('Number of its type', { required: true, min: 0, max: 32_767 }),
    zoneid: param.id('Zone that it is about'),
  },
  response: successEntity,
  shape: 'success',
  event: 'ALERT.GENERATE',
});
