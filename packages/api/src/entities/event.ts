import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, ownerFields, projectFields } from './shared.ts';

export const eventEntity = defineEntity({
  name: 'event',
  fields: {
    ...ownerFields,
    archived: field.flag('Whether it was put away'),
    ...createdFields,
    description: field.text('What happened'),
    id: field.text('Id of the event'),
    level: field.text('INFO, WARN or ERROR'),
    parentid: field.text('Id of the event it followed from'),
    ...projectFields,
    resourceid: field.text('Id of the object'),
    resourcename: field.text('Name of the object'),
    resourcetype: field.text('Kind of the object'),
    state: field.text('Scheduled, Started, Completed or Created'),
    type: field.text('Type, for example NETWORK.CREATE'),
    username: field.text('User that caused it'),
  },
});
