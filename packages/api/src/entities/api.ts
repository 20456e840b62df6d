import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const apiEntity = defineEntity({
  name: 'api',
  fields: {
    description: field.text('What the command does'),
    isasync: field.flag('Whether it answers with a job'),
    name: field.text('Name of the command'),
    params: field.objects('Its parameters', {
      description: field.text('What it means'),
      length: field.whole('Longest text in characters'),
      name: field.text('Name of the parameter'),
      related: field.text('Commands that list what it names, comma-separated'),
      required: field.flag('Whether it must be given'),
      type: field.text('Type of its value'),
    }),
    related: field.text('Commands with the same answer, comma-separated'),
    response: field.objects('Fields of its answer', {
      description: field.text('What it means'),
      name: field.text('Name of the field'),
      response: field.list('Fields of the objects in it'),
      type: field.text('Type of its value'),
    }),
  },
});
