import { defineCommand } from '../define.ts';
import { eventEntity } from '../entities/event.ts';
import { eventTypeEntity } from '../entities/event-type.ts';
import { successEntity } from '../entities/success.ts';
import { param } from '../param.ts';
import { pageParams, scopeParams } from './common.ts';

export const listEvents = defineCommand({
  name: 'listEvents',
  description: 'Lists what happened, the newest first',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    archived: param.flag('Whether to show archived events, instead of those that are not'),
    duration: param.whole('With entrytime: how many seconds an event may have taken', { min: 0 }),
    enddate: param.date('Show only events up to this time'),
    entrytime: param.whole('Show only events that began this many seconds ago or more', { min: 0 }),
    id: param.id('Show only this event'),
    level: param.text('Show only events of this level', { values: ['INFO', 'WARN', 'ERROR'] }),
    resourceid: param.id('Show only events of this object'),
    resourcetype: param.text('Show only events of this kind of object'),
    startdate: param.date('Show only events from this time on'),
    startid: param.id('Show only this event and those that followed from it'),
    state: param.text('Show only events in this state: Scheduled, Started, Completed'),
    type: param.text('Show only events of this type, for example NETWORK.CREATE'),
  },
  response: eventEntity,
  shape: 'list',
});

/** Which events to archive or delete; those that are given must all match. */
const chosen = {
  enddate: param.date('Events up to this time'),
  ids: param.ids('These events'),
  startdate: param.date('With enddate: events from this time on'),
  type: param.text('Events of this type'),
} as const;

export const archiveEvents = defineCommand({
  name: 'archiveEvents',
  description: 'Puts events away: lists show them only when they are asked to',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: chosen,
  response: successEntity,
  shape: 'success',
});

export const deleteEvents = defineCommand({
  name: 'deleteEvents',
  description: 'Deletes events that are not archived',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: chosen,
  response: successEntity,
  shape: 'success',
});

export const listEventTypes = defineCommand({
  name: 'listEventTypes',
  description: 'Lists the types that events can have',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {},
  response: eventTypeEntity,
  shape: 'list',
});
