import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const diagnosticsEntity = defineEntity({
  name: 'diagnostics',
  fields: {
    exitcode: field.text('Exit status of the program in the router; 0 when the target answered'),
    stderr: field.text('What it said of errors'),
    stdout: field.text('What it wrote'),
  },
});

export const diagnosticsDataEntity = defineEntity({
  name: 'diagnostics',
  fields: { url: field.text('Where the files can be fetched, packed with tar and gzip') },
});
