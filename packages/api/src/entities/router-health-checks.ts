import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const healthCheckFields = {
  checkname: field.text('Name of the check'),
  checktype: field.text('Kind of the check: basic or advanced'),
  details: field.text('What it found'),
  lastupdated: field.date('When it ran'),
  status: field.text('SUCCESS, WARNING, FAILED or UNKNOWN'),
  success: field.flag('Whether it passed'),
} as const;

export const routerHealthChecksEntity = defineEntity({
  name: 'routerhealthchecks',
  fields: {
    healthchecks: field.objects('Results by check', healthCheckFields),
    routerid: field.text('Id of the router'),
  },
});
