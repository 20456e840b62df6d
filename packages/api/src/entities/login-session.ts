import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const loginSessionEntity = defineEntity({
  name: 'login',
  fields: {
    account: field.text('Account of the user'),
    domainid: field.text('Id of its domain'),
    firstname: field.text('First name'),
    is2faenabled: field.text('Whether a second factor is asked for'),
    is2faverified: field.text('Whether the second factor was given'),
    issuerfor2fa: field.text('Issuer of the second factor'),
    lastname: field.text('Last name'),
    managementserverid: field.text('Id of the management server'),
    providerfor2fa: field.text('Kind of the second factor'),
    registered: field.text('Whether the user registered'),
    sessionkey: field.text('Key to send with every call of the session'),
    timeout: field.whole('Seconds without a call after which the session ends'),
    timezone: field.text('Time zone'),
    timezoneoffset: field.text('Hours the time zone is ahead of UTC'),
    type: field.text('Type of the account: 0, 1 or 2'),
    userid: field.text('Id of the user'),
    username: field.text('Name of the user'),
  },
});
