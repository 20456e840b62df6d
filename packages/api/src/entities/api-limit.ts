import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const apiLimitEntity = defineEntity({
  name: 'apilimit',
  fields: {
    account: field.text('Name of the account'),
    accountid: field.text('Id of the account'),
    apiAllowed: field.whole('Calls that it can still make in this interval'),
    apiIssued: field.whole('Calls that it made in this interval'),
    expireAfter: field.whole('Milliseconds until the interval ends'),
  },
});
