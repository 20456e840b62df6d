import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const annotationEntity = defineEntity({
  name: 'annotation',
  fields: {
    adminsonly: field.flag('Whether only root administrators see it'),
    annotation: field.text('The note'),
    created: field.date('When it was written'),
    entityid: field.text('Id of what it is about'),
    entityname: field.text('Name of what it is about'),
    entitytype: field.text('Kind of what it is about, for example VM'),
    id: field.text('Id of the note'),
    removed: field.date('When it was removed'),
    userid: field.text('Id of the user who wrote it'),
    username: field.text('Name of that user'),
  },
});
