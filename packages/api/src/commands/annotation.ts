import { defineCommand } from '../define.ts';
import { annotationEntity } from '../entities/annotation.ts';
import { param, required } from '../param.ts';
import { everyRole, pageParams } from './common.ts';

const kinds =
  'VM, VOLUME, INSTANCE_GROUP, SSH_KEYPAIR, USER_DATA, NETWORK, PUBLIC_IP_ADDRESS, TEMPLATE; for root administrators also SERVICE_OFFERING, DISK_OFFERING, NETWORK_OFFERING, ZONE, POD, CLUSTER, HOST, DOMAIN, PRIMARY_STORAGE, SECONDARY_STORAGE, VR';

export const addAnnotation = defineCommand({
  name: 'addAnnotation',
  description: 'Writes a note about something',
  async: false,
  roles: everyRole,
  params: {
    adminsonly: param.flag('Whether only root administrators see it; they alone may say so'),
    annotation: param.text('The note', { length: 4096 }),
    entityid: param.text('Id of what it is about'),
    entitytype: param.text(`Kind of what it is about: ${kinds}`),
  },
  response: annotationEntity,
  shape: 'one',
  event: 'ANNOTATION.CREATE',
});

export const listAnnotations = defineCommand({
  name: 'listAnnotations',
  description: 'Lists notes about what the caller may see',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    annotationfilter: param.text('self: only notes of the caller; all is the default', {
      values: ['self', 'all'],
    }),
    entityid: param.text('Show only notes about this'),
    entitytype: param.text(`Show only notes about things of this kind: ${kinds}`),
    id: param.text('Show only this note'),
    userid: param.text('Show only notes of this user'),
  },
  response: annotationEntity,
  shape: 'list',
});

export const removeAnnotation = defineCommand({
  name: 'removeAnnotation',
  description: 'Removes a note; its writer and root administrators may',
  async: false,
  roles: everyRole,
  params: { id: param.text('Id of the note', required) },
  response: annotationEntity,
  shape: 'one',
  event: 'ANNOTATION.REMOVE',
});
