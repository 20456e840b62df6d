import { defineEntity } from '../define.ts';

export const loginSessionEntity = defineEntity({
  name: 'login',
  fields: {
    account: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    firstname: { type: 'string', description: '' },
    is2faenabled: { type: 'string', description: '' },
    is2faverified: { type: 'string', description: '' },
    issuerfor2fa: { type: 'string', description: '' },
    lastname: { type: 'string', description: '' },
    managementserverid: { type: 'uuid', description: '' },
    providerfor2fa: { type: 'string', description: '' },
    registered: { type: 'string', description: '' },
    sessionkey: { type: 'string', description: '' },
    timeout: { type: 'integer', description: '' },
    timezone: { type: 'string', description: '' },
    timezoneoffset: { type: 'string', description: '' },
    type: { type: 'string', description: '' },
    userid: { type: 'string', description: '' },
    username: { type: 'string', description: '' },
  },
});
