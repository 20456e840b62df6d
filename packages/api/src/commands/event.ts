import { defineCommand } from '../define.ts';
import { eventEntity } from '../entities/event.ts';
import { eventTypeEntity } from '../entities/event-type.ts';
import { param } from '../param.ts';
import { pageParams, refusedOwner, scopeParams } from './common.ts';

export const listEvents = defineCommand({
  name: 'listEvents',
  description: 'Lists what happened, the newest first',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    archived: param.flag('Whether to show archived events too'),
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
  refused: refusedOwner,
  response: eventEntity,
  shape: 'list',
});

export const listEventTypes = defineCommand({
  name: 'listEventTypes',
  description: 'Lists the types that events can have',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {},
  response: eventTypeEntity,
  shape: 'list',
});
